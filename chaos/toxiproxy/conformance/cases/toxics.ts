/** Toxics come and go: /proxies/{proxy}/toxics, without traffic. */
import { expect } from 'vitest';
import { badRequestBody, empty, json, refusal } from '../api.ts';
import type { Cases, ProxyJson, Rig } from '../rig.ts';

/** Every type with its attributes as given, and as shown where none was given. `undefined`: the real server dies of the default. */
const types: Readonly<
  Record<string, { given: Record<string, number>; byDefault: Record<string, number> | undefined }>
> = {
  latency: { given: { latency: 5, jitter: 2 }, byDefault: { latency: 0, jitter: 0 } },
  bandwidth: { given: { rate: 7 }, byDefault: { rate: 0 } },
  slow_close: { given: { delay: 7 }, byDefault: { delay: 0 } },
  timeout: { given: { timeout: 7 }, byDefault: { timeout: 0 } },
  reset_peer: { given: { timeout: 7 }, byDefault: { timeout: 0 } },
  slicer: { given: { average_size: 9, size_variation: 3, delay: 5 }, byDefault: undefined },
  limit_data: { given: { bytes: 7 }, byDefault: { bytes: 0 } },
  noop: { given: {}, byDefault: {} },
};

const notIntegers = [1.5, '5', true, {}, [], '1.0', '1e3', '9223372036854775808'];

const add = (rig: Rig, { name }: ProxyJson, toxic: unknown) => rig.api.call('POST', `/proxies/${name}/toxics`, toxic);

const namesOf = async (rig: Rig, { name }: ProxyJson) => {
  const { body } = await rig.api.call('GET', `/proxies/${name}/toxics`);
  return (body as { name: string }[]).map((toxic) => toxic.name);
};

const ofEachType: Cases = Object.fromEntries(
  Object.entries(types).map(([type, { given, byDefault }]) => [
    `${type}: added with 200, shown, and by default on everything downstream`,
    async (rig: Rig) => {
      const proxy = await rig.proxy();
      const full = { attributes: given, name: 'mine', type, stream: 'upstream', toxicity: 0.5 };
      expect(await add(rig, proxy, { ...full, attributes: { ...given, unknown: 'x' } })).toEqual(json(200, full));
      const bare = { name: `${type}_downstream`, type, stream: 'downstream', toxicity: 1 };
      const attributes = byDefault ?? given;
      const input = byDefault === undefined ? { type, attributes } : { type };
      expect(await add(rig, proxy, input)).toEqual(json(200, { ...bare, attributes }));
      const path = `/proxies/${proxy.name}/toxics`;
      expect(await rig.api.call('GET', path)).toEqual(json(200, [full, { ...bare, attributes }]));
      expect(await rig.api.call('GET', `${path}/mine`)).toEqual(json(200, full));
      expect(await rig.api.call('DELETE', `${path}/mine`)).toEqual(empty(204));
      expect(await rig.api.call('GET', `${path}/mine`)).toEqual(refusal(404, 'toxic not found'));
      expect(await rig.show(proxy)).toEqual({ ...proxy, toxics: [{ ...bare, attributes }] });
    },
  ]),
);

export const toxics: Cases = {
  ...ofEachType,

  'no toxics is an empty list': async (rig) => {
    const proxy = await rig.proxy();
    expect(await rig.api.call('GET', `/proxies/${proxy.name}/toxics`)).toEqual(json(200, []));
  },

  'the stream counts in any case, and is shown as given, in the name too': async (rig) => {
    const proxy = await rig.proxy();
    const shown = { attributes: {}, name: 'noop_UpStream', type: 'noop', stream: 'UpStream', toxicity: 1 };
    expect(await add(rig, proxy, { type: 'noop', stream: 'UpStream' })).toEqual(json(200, shown));
    const byDefault = { ...shown, name: 'noop_downstream', stream: 'downstream' };
    expect(await add(rig, proxy, { type: 'noop', stream: null, name: '', toxicity: null })).toEqual(
      json(200, byDefault),
    );
  },

  'another stream, an empty one too, is 400': async (rig) => {
    const proxy = await rig.proxy();
    const invalid = refusal(400, 'stream was invalid, can be either upstream or downstream');
    for (const stream of ['', 'both', 'upstream ', 'up']) {
      expect(await add(rig, proxy, { type: 'noop', stream })).toEqual(invalid);
    }
    expect(await namesOf(rig, proxy)).toEqual([]);
  },

  'an unknown type is 400, `down` and another case too': async (rig) => {
    const proxy = await rig.proxy();
    for (const body of [{ type: 'down' }, { type: 'Latency' }, { type: '' }, {}, null]) {
      expect(await add(rig, proxy, JSON.stringify(body))).toEqual(refusal(400, 'invalid toxic type'));
    }
  },

  'a name can be taken once over both streams, a default one too': async (rig) => {
    const proxy = await rig.proxy();
    await rig.toxic(proxy, { type: 'latency' });
    const taken = refusal(409, 'toxic already exists');
    expect(await add(rig, proxy, { type: 'latency' })).toEqual(taken);
    expect(await add(rig, proxy, { type: 'noop', stream: 'upstream', name: 'latency_downstream' })).toEqual(taken);
    expect(await namesOf(rig, proxy)).toEqual(['latency_downstream']);
  },

  'is checked for JSON, then stream, type, name, attributes': async (rig) => {
    const proxy = await rig.proxy();
    await rig.toxic(proxy, { type: 'noop', name: 'taken' });
    const wrong = { name: 'taken', type: 'nope', stream: 'x', toxicity: 'y', attributes: { latency: 'z' } };
    const answers = [
      await add(rig, proxy, wrong),
      await add(rig, proxy, { ...wrong, toxicity: 1 }),
      await add(rig, proxy, { ...wrong, toxicity: 1, stream: 'upstream' }),
      await add(rig, proxy, { ...wrong, toxicity: 1, stream: 'upstream', type: 'latency' }),
      await add(rig, proxy, { ...wrong, toxicity: 1, stream: 'upstream', type: 'latency', name: 'free' }),
    ];
    expect(answers).toEqual([
      refusal(400, badRequestBody),
      refusal(400, 'stream was invalid, can be either upstream or downstream'),
      refusal(400, 'invalid toxic type'),
      refusal(409, 'toxic already exists'),
      refusal(400, badRequestBody),
    ]);
  },

  'a body of another shape is 400': async (rig) => {
    const proxy = await rig.proxy();
    const wrong = [[], 5, { type: 5 }, { type: 'noop', name: 5 }, { type: 'noop', stream: 5 }];
    const values = [{ toxicity: '1' }, { toxicity: 1e39 }, { attributes: 5 }, { attributes: [] }, { attributes: 'x' }];
    for (const body of [...wrong, ...values.map((value) => ({ type: 'latency', ...value }))]) {
      const answer = await add(rig, proxy, JSON.stringify(body));
      expect([body, answer]).toEqual([body, refusal(400, badRequestBody)]);
    }
    expect(await namesOf(rig, proxy)).toEqual([]);
  },

  'an attribute is a whole number, written as one, of 64 bits': async (rig) => {
    const proxy = await rig.proxy();
    for (const value of notIntegers) {
      // What is a string here goes out as a number, in these very digits, and once as a string.
      const written = [JSON.stringify(value), ...(typeof value === 'string' && value !== '5' ? [value] : [])];
      for (const digits of written) {
        const answer = await add(rig, proxy, `{"type":"latency","attributes":{"latency":${digits}}}`);
        expect([digits, answer]).toEqual([digits, refusal(400, badRequestBody)]);
      }
    }
    const attributes = { latency: -5, jitter: -0 };
    expect(await add(rig, proxy, '{"type":"latency","attributes":{"latency":-5,"jitter":-0}}')).toEqual(
      json(200, expect.objectContaining({ attributes: { ...attributes, jitter: 0 } })),
    );
  },

  'attributes count in any case; null leaves 0': async (rig) => {
    const proxy = await rig.proxy();
    const given = { LATENCY: 9, Jitter: null };
    expect(await add(rig, proxy, { type: 'latency', ATTRIBUTES: given })).toEqual(
      json(200, expect.objectContaining({ attributes: { latency: 9, jitter: 0 } })),
    );
    expect(await add(rig, proxy, { type: 'latency', name: 'none', attributes: null })).toEqual(
      json(200, expect.objectContaining({ attributes: { latency: 0, jitter: 0 } })),
    );
  },

  'toxicity is any number of 32 bits': async (rig) => {
    const proxy = await rig.proxy();
    const shown: unknown[] = [];
    for (const [index, toxicity] of ['0', '0.1', '2', '-3', '0.123456789', '1e-3', '16777217'].entries()) {
      const { body } = await add(rig, proxy, `{"type":"noop","name":"t${index}","toxicity":${toxicity}}`);
      shown.push((body as { toxicity: unknown }).toxicity);
    }
    expect(shown).toEqual([0, 0.1, 2, -3, 0.12345679, 0.001, 16777216]);
  },

  'are listed upstream first, each stream in the order of their coming': async (rig) => {
    const proxy = await rig.proxy();
    for (const [name, stream] of [
      ['d1', 'downstream'],
      ['u1', 'upstream'],
      ['d2', 'downstream'],
      ['u2', 'upstream'],
    ] as const) {
      await rig.toxic(proxy, { type: 'noop', name, stream });
    }
    expect(await namesOf(rig, proxy)).toEqual(['u1', 'u2', 'd1', 'd2']);
    await rig.remove(`/proxies/${proxy.name}/toxics/u1`);
    await rig.toxic(proxy, { type: 'noop', name: 'u1', stream: 'upstream' });
    expect(await namesOf(rig, proxy)).toEqual(['u2', 'u1', 'd1', 'd2']);
  },

  'can be added to a disabled proxy, and are there when it is enabled': async (rig) => {
    const proxy = await rig.proxy({ enabled: false });
    await rig.toxic(proxy, { type: 'limit_data', attributes: { bytes: 3 } });
    const { body } = await rig.patch(`/proxies/${proxy.name}`, { enabled: true });
    const client = await rig.connect(body as ProxyJson);
    client.write('hello');
    await client.ending();
    expect(client.text).toBe('hel');
  },
};
