/** What clients may say of toxics: their bodies, read and refused as the original does, and refused where it would crash. Reading throws JsonError or ApiError. */
import { ApiError, invalidStream, invalidToxicType, toxicAlreadyExists } from './errors.ts';
import { Decoder } from './json/decode.ts';
import { type JsonValue, parseFirstJson } from './json/parse.ts';
import type { Attributes, Stream, ToxicState } from './toxic.ts';
import { type ToxicType, toxicTypeOf } from './toxics/registry.ts';

/** `isTaken`: whether the proxy has a toxic of that name, in either direction. */
export function readNewToxic(body: Buffer, isTaken: (name: string) => boolean): ToxicState {
  const value = parseFirstJson(body);
  const { name, type, stream, toxicity, attributes } = decodeToxic(value);
  const direction = directionOf(stream);
  const toxicType = toxicTypeOf(type);
  if (toxicType === undefined) throw invalidToxicType();
  const toxic = { name: name === '' ? `${type}_${stream}` : name, type, stream, direction, toxicity };
  if (isTaken(toxic.name)) throw toxicAlreadyExists();

  const decoder = new Decoder();
  const decoded = attributes.reduce(
    (so, given) => decodeAttributes(given, { type, attributes: so }, decoder),
    toxicType.defaults,
  );
  decoder.finish();
  return { ...toxic, attributes: checked(toxicType, decoded) };
}

/** Toxicity and attributes only; what is not given stays. */
export function readToxicChange(body: Buffer, current: ToxicState): Pick<ToxicState, 'toxicity' | 'attributes'> {
  const value = parseFirstJson(body);
  const decoder = new Decoder();
  let { toxicity, attributes } = current;
  const target =
    'value of type struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }';
  decoder.object(value, target, {
    toxicity: (member) => {
      toxicity = decoder.float32(member, '.toxicity', toxicity);
    },
    attributes: (member) => {
      attributes = decodeAttributes(member, { type: current.type, attributes }, decoder);
    },
  });
  decoder.finish();
  const toxicType = toxicTypeOf(current.type);
  return { toxicity, attributes: toxicType === undefined ? attributes : checked(toxicType, attributes) };
}

function decodeToxic(value: JsonValue) {
  const decoder = new Decoder();
  const toxic = { name: '', type: '', stream: 'downstream', toxicity: 1, attributes: [] as JsonValue[] };
  decoder.object(value, 'value of type toxics.ToxicWrapper', {
    name: (member) => {
      toxic.name = decoder.string(member, 'ToxicWrapper.name', toxic.name);
    },
    type: (member) => {
      toxic.type = decoder.string(member, 'ToxicWrapper.type', toxic.type);
    },
    stream: (member) => {
      toxic.stream = decoder.string(member, 'ToxicWrapper.stream', toxic.stream);
    },
    toxicity: (member) => {
      toxic.toxicity = decoder.float32(member, 'ToxicWrapper.toxicity', toxic.toxicity);
    },
    // What is in them can be judged only when the type is known, which may stand behind them.
    attributes: (member) => {
      decoder.object(member, 'struct field ToxicWrapper.attributes of type toxics.NoopToxic', {});
      toxic.attributes.push(member);
    },
  });
  decoder.finish();
  return toxic;
}

function directionOf(stream: string): Stream {
  const direction = stream.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (direction === 'upstream' || direction === 'downstream') return direction;
  throw invalidStream();
}

function decodeAttributes(
  value: JsonValue,
  { type, attributes }: Pick<ToxicState, 'type' | 'attributes'>,
  decoder: Decoder,
): Attributes {
  const struct = structOf(type);
  const goType = type === 'slicer' ? 'int' : 'int64';
  const decoded = { ...attributes };
  const fields = Object.entries(attributes).map(([name, current]) => [
    name,
    (member: JsonValue) => {
      decoded[name] = decoder.integer(member, `${struct}.attributes.${name}`, goType, decoded[name] ?? current);
    },
  ]);
  decoder.object(value, `struct field .attributes of type toxics.${struct}`, Object.fromEntries(fields));
  return decoded;
}

/** The original's name of a toxic's type. */
function structOf(type: string): string {
  if (type === 'reset_peer') return 'ResetToxic';
  return `${type.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}Toxic`;
}

function checked(type: ToxicType, attributes: Attributes): Attributes {
  const reason = type.check?.(attributes);
  if (reason !== undefined) throw new ApiError(`invalid attributes: ${reason}`, 400);
  return attributes;
}
