import { describe, expect, it } from 'vitest';
import { readNewToxic, readToxicChange } from './toxic-body.ts';

const create = (body: string, taken: readonly string[] = []) =>
  readNewToxic(Buffer.from(body), (name) => taken.includes(name));
const update =
  'json: cannot unmarshal array into Go value of type struct { Attributes interface {} "json:\\"attributes\\""; Toxicity float32 "json:\\"toxicity\\"" }';

describe('readNewToxic', () => {
  it('has defaults', () => {
    expect(create('{"type":"latency"}')).toEqual({
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      direction: 'downstream',
      toxicity: 1,
      attributes: { latency: 0, jitter: 0 },
    });
  });

  it('echoes the stream as it was given', () => {
    expect(create('{"type":"noop","stream":"UpStream"}')).toMatchObject({
      name: 'noop_UpStream',
      stream: 'UpStream',
      direction: 'upstream',
    });
  });

  it.each([
    ['{"attributes":{"LATENCY":-5,"Jitter":null,"other":"x"},"type":"latency"}', { latency: -5, jitter: 0 }],
    ['{"type":"latency","attributes":{"latency":1},"attributes":{"jitter":2}}', { latency: 1, jitter: 2 }],
    ['{"type":"latency","attributes":null}', { latency: 0, jitter: 0 }],
    ['{"type":"latency","attributes":{"latency":-0}}', { latency: 0, jitter: 0 }],
    ['{"type":"latency","attributes":{"__proto__":1,"constructor":"x"}}', { latency: 0, jitter: 0 }],
    ['{"type":"noop","attributes":{"a":1}}', {}],
  ])('%s', (body, attributes) => {
    expect(create(body).attributes).toEqual(attributes);
  });

  it('holds toxicity as 32-bit float', () => {
    expect(create('{"type":"noop","toxicity":0.1}').toxicity).toBe(Math.fround(0.1));
  });

  // Messages recorded from Toxiproxy 2.12.0.
  const field = 'json: cannot unmarshal string into Go struct field';
  it.each([
    ['null', 'invalid toxic type'],
    ['{"type":"down"}', 'invalid toxic type'],
    ['{"type":"toString"}', 'invalid toxic type'],
    ['{"type":"nope","stream":"x"}', 'stream was invalid, can be either upstream or downstream'],
    ['{"type":"noop","stream":""}', 'stream was invalid, can be either upstream or downstream'],
    ['{"type":"noop","stream":"u\u017ftream"}', 'stream was invalid, can be either upstream or downstream'],
    ['[]', 'json: cannot unmarshal array into Go value of type toxics.ToxicWrapper'],
    ['{"type":5}', 'json: cannot unmarshal number into Go struct field ToxicWrapper.type of type string'],
    ['{"toxicity":"x","stream":"x"}', `${field} ToxicWrapper.toxicity of type float32`],
    [
      '{"toxicity":1e39}',
      'json: cannot unmarshal number 1e39 into Go struct field ToxicWrapper.toxicity of type float32',
    ],
    [
      '{"attributes":[]}',
      'json: cannot unmarshal array into Go struct field ToxicWrapper.attributes of type toxics.NoopToxic',
    ],
    [
      '{"type":"latency","attributes":{"latency":1e2}}',
      'json: cannot unmarshal number 1e2 into Go struct field LatencyToxic.attributes.latency of type int64',
    ],
    [
      '{"type":"slicer","attributes":{"delay":1.5}}',
      'json: cannot unmarshal number 1.5 into Go struct field SlicerToxic.attributes.delay of type int',
    ],
    ['{"type":"bandwidth","attributes":{"rate":"x"}}', `${field} BandwidthToxic.attributes.rate of type int64`],
    ['{"type":"slow_close","attributes":{"delay":"x"}}', `${field} SlowCloseToxic.attributes.delay of type int64`],
    ['{"type":"timeout","attributes":{"timeout":"x"}}', `${field} TimeoutToxic.attributes.timeout of type int64`],
    ['{"type":"reset_peer","attributes":{"timeout":"x"}}', `${field} ResetToxic.attributes.timeout of type int64`],
    ['{"type":"limit_data","attributes":{"bytes":"x"}}', `${field} LimitDataToxic.attributes.bytes of type int64`],
  ])('%s: %s', (body, message) => {
    expect(() => create(body)).toThrow(message);
  });

  it('refuses a name that is taken, before it looks at attributes', () => {
    const body = '{"type":"latency","attributes":{"latency":"x"}}';
    expect(() => create(body, ['latency_downstream'])).toThrow('toxic already exists');
  });
});

describe('readToxicChange', () => {
  const current = create('{"type":"latency","attributes":{"latency":7}}');
  const change = (body: string) => readToxicChange(Buffer.from(body), current);

  it('takes toxicity and attributes only, and leaves what is not given', () => {
    expect(change('null')).toEqual({ toxicity: 1, attributes: { latency: 7, jitter: 0 } });
    expect(change('{"Attributes":{"JITTER":3},"toxicity":0.25,"name":5,"type":5,"stream":5}')).toEqual({
      toxicity: 0.25,
      attributes: { latency: 7, jitter: 3 },
    });
  });

  // Messages recorded from Toxiproxy 2.12.0.
  it.each([
    ['[]', update],
    ['{"toxicity":"x"}', 'json: cannot unmarshal string into Go struct field .toxicity of type float32'],
    ['{"attributes":5}', 'json: cannot unmarshal number into Go struct field .attributes of type toxics.LatencyToxic'],
    [
      '{"attributes":{"jitter":"x"}}',
      'json: cannot unmarshal string into Go struct field LatencyToxic.attributes.jitter of type int64',
    ],
  ])('%s: %s', (body, message) => {
    expect(() => change(body)).toThrow(message);
  });
});
