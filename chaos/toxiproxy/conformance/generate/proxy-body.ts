/** Bodies of proxies, right and wrong. A listen without a host is left out: ours takes it for loopback. */
import fc from 'fast-check';
import { flawed, objectText } from './json-text.ts';

const quoted = (...texts: string[]) => texts.map((text) => JSON.stringify(text));
const wrong = ['5', '[]', '{}', '1.5'];

const name = fc.oneof(
  { weight: 10, arbitrary: fc.constantFrom(...quoted('a', 'b')) },
  { weight: 1, arbitrary: fc.constantFrom(...quoted(''), 'null', 'true', ...wrong) },
);

const listen = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom(...quoted('127.0.0.1:@1', '127.0.0.1:@2', '127.0.0.1:@3', 'localhost:@1')),
  },
  { weight: 2, arbitrary: fc.constantFrom(...quoted('127.0.0.1:0', 'localhost:0', '127.0.0.1:@busy')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...quoted('nonsense', '127.0.0.1', '127.0.0.1:70000', 'a:b:c', '[::1', '127.0.0.1:x y')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...wrong) },
);

const upstream = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...quoted('x:1', 'y:2')) },
  { weight: 1, arbitrary: fc.constantFrom(...quoted('', '<ü&\u2028>"\\'), 'null', ...wrong) },
);

const enabled = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('true', 'false') },
  { weight: 1, arbitrary: fc.constantFrom('null', '"yes"', ...wrong) },
);

const other = fc.constantFrom('1', '{"deep":[null]}');

const whole = objectText(
  fc
    .record({ name, listen, upstream, enabled, toxics: other, other }, { requiredKeys: ['name', 'listen', 'upstream'] })
    .map((members) => members as Record<string, string>),
);

const part = objectText(
  fc
    .record({ name, listen, upstream, enabled, other }, { requiredKeys: [] })
    .map((members) => members as Record<string, string>),
);

const nameless = objectText(
  fc
    .record({ listen, upstream, name: fc.constant('""') }, { requiredKeys: ['listen'] })
    .map((members) => members as Record<string, string>),
);

export const proxyBody: fc.Arbitrary<string> = flawed(
  fc.oneof({ weight: 9, arbitrary: whole }, { weight: 1, arbitrary: nameless }),
);

export const proxyChange: fc.Arbitrary<string> = flawed(part);

const listed = fc.oneof(
  { weight: 15, arbitrary: whole },
  { weight: 1, arbitrary: nameless },
  { weight: 1, arbitrary: fc.constantFrom('null', '5', '[]', '"text"') },
);

export const proxyList: fc.Arbitrary<string> = flawed(
  fc.array(listed, { maxLength: 3 }).map((bodies) => `[${bodies.join(',')}]`),
);
