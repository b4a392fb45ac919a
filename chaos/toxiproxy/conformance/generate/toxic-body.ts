/** Bodies of toxics, right and wrong. What ours refuses on purpose is left out: a negative rate, a slicer that cannot slice. */
import fc from 'fast-check';
import { flawed, type Members, objectText } from './json-text.ts';

const wrongNumbers = ['1.5', '1.0', '1e3', '"5"', 'true', '[]', '{}', '9223372036854775808', '-9223372036854775809'];
const number = fc.constantFrom('0', '5', '100', '-1', '-0', 'null', '9007199254740991');

/** Values that fit, by attribute. */
const numbers: Readonly<Record<string, fc.Arbitrary<string>>> = {
  latency: number,
  jitter: number,
  delay: number,
  timeout: number,
  bytes: number,
  rate: fc.constantFrom('0', '5', '1000', 'null'),
  average_size: fc.constantFrom('10', '100'),
  size_variation: fc.constantFrom('0', '5'),
  other: fc.constantFrom('"x"', '1.5', 'null'),
};

const attributes = objectText(fc.record(numbers, { requiredKeys: [] }).map(dropAbsent));
const sliceable = objectText(fc.record(numbers, { requiredKeys: ['average_size'] }).map(dropAbsent));
const oneWrong = objectText(
  fc
    .tuple(fc.constantFrom('latency', 'jitter', 'delay', 'timeout', 'bytes'), fc.constantFrom(...wrongNumbers))
    .map(([key, text]) => ({ [key]: text })),
);
const noAttributes = fc.constantFrom('5', '[]', '"x"', 'true');

const right = { weight: 12 };
const odd = { weight: 1 };

const name = fc.oneof(
  { ...right, arbitrary: fc.constantFrom('"t"', '"u"') },
  { weight: 3, arbitrary: fc.constantFrom('""', 'null') },
  { ...odd, arbitrary: fc.constantFrom('5', '{}') },
);
const stream = fc.oneof(
  { ...right, arbitrary: fc.constantFrom('"upstream"', '"downstream"', '"UPstream"', 'null') },
  { ...odd, arbitrary: fc.constantFrom('""', '"both"', '5') },
);
const toxicity = fc.oneof(
  { ...right, arbitrary: fc.constantFrom('0', '1', '0.5', '0.1', '2', '-1', '1e-2', '0.123456789', 'null') },
  { ...odd, arbitrary: fc.constantFrom('1e39', '"1"', 'true', '[]') },
);
const type = fc.oneof(
  {
    ...right,
    arbitrary: fc.constantFrom(
      ...['"latency"', '"bandwidth"', '"slow_close"', '"timeout"', '"reset_peer"', '"limit_data"', '"noop"'],
    ),
  },
  { ...odd, arbitrary: fc.constantFrom('"down"', '"Latency"', '""', 'null', '5', '"<é>"') },
);

const anyToxic = objectText(
  fc
    .record(
      {
        name,
        type,
        stream,
        toxicity,
        attributes: fc.oneof(
          { ...right, arbitrary: attributes },
          { ...odd, arbitrary: fc.constant('null') },
          { ...odd, arbitrary: oneWrong },
          { ...odd, arbitrary: noAttributes },
        ),
      },
      { requiredKeys: ['name', 'type'] },
    )
    .map(dropAbsent),
);

const slicer = objectText(
  fc
    .record(
      { name, type: fc.constant('"slicer"'), stream, toxicity, attributes: sliceable },
      { requiredKeys: ['type', 'attributes'] },
    )
    .map(dropAbsent),
);

export const toxicBody: fc.Arbitrary<string> = flawed(
  fc.oneof({ weight: 7, arbitrary: anyToxic }, { weight: 1, arbitrary: slicer }),
);

/** Right as a whole, or wrong as a whole: of a change that is half right the original keeps the right half and says 400. */
export const toxicChange: fc.Arbitrary<string> = flawed(
  fc.oneof(
    {
      weight: 6,
      arbitrary: objectText(
        fc.record({ attributes, toxicity: safeToxicity(), name }, { requiredKeys: [] }).map(dropAbsent),
      ),
    },
    { weight: 1, arbitrary: objectText(oneWrong.map((text) => ({ attributes: text }))) },
    { weight: 1, arbitrary: objectText(noAttributes.map((text) => ({ attributes: text }))) },
    {
      weight: 1,
      arbitrary: objectText(fc.constantFrom('1e39', '"1"', 'true', '[]').map((text) => ({ toxicity: text }))),
    },
  ),
);

function safeToxicity(): fc.Arbitrary<string> {
  return fc.constantFrom('0', '1', '0.25', '0.1', '-2', 'null');
}

function dropAbsent(members: Readonly<Record<string, string | undefined>>): Members {
  return Object.fromEntries(
    Object.entries(members).flatMap(([key, text]) => (text === undefined ? [] : [[key, text]])),
  );
}
