/** Where ours differs from the original on purpose: the original crashes, blocks, or leaves things half done. Run on ours only. */
import { expect } from 'vitest';
import { json, refusal } from '../api.ts';
import type { Cases, ProxyJson, Rig } from '../rig.ts';

const add = (rig: Rig, { name }: ProxyJson, toxic: unknown) => rig.api.call('POST', `/proxies/${name}/toxics`, toxic);

/** Of each: what crashes the original with the first data, and what ours says when it is asked for it. */
const crashing: readonly (readonly [type: string, attributes: Record<string, number>, says: RegExp])[] = [
  ['bandwidth', { rate: -1 }, /rate/],
  ['slicer', {}, /average_size/],
  ['slicer', { average_size: 0, size_variation: 0 }, /average_size/],
  ['slicer', { average_size: -5 }, /average_size/],
  ['slicer', { average_size: 10, size_variation: 11 }, /size_variation/],
  ['slicer', { average_size: 10, size_variation: -30 }, /size_variation/],
];

export const deviations: Cases = {
  'what crashes the original is refused when a toxic is added': async (rig) => {
    const proxy = await rig.proxy();
    for (const [type, attributes, says] of crashing) {
      const answer = await add(rig, proxy, { type, attributes });
      expect([attributes, answer]).toEqual([attributes, refusal(400, expect.stringMatching(says))]);
    }
    expect(await rig.show(proxy)).toEqual(proxy);
  },

  'what crashes the original is refused when a toxic is changed, and data goes on': async (rig) => {
    const good: Readonly<Record<string, Record<string, number>>> = {
      bandwidth: { rate: 1_000 },
      slicer: { average_size: 20, size_variation: 5, delay: 0 },
    };
    const toxics = Object.entries(good).map(([type, attributes]) => ({ type, attributes }));
    const { proxy, client } = await rig.pair({ echo: true, toxics });
    const before = await rig.show(proxy);
    for (const [type, attributes, says] of crashing) {
      if (Object.keys(attributes).length === 0) continue;
      const path = `/proxies/${proxy.name}/toxics/${type}_downstream`;
      const answer = await rig.api.call('PATCH', path, { attributes });
      expect([attributes, answer]).toEqual([attributes, refusal(400, expect.stringMatching(says))]);
    }
    expect(await rig.show(proxy)).toEqual(before);
    client.write('x'.repeat(500));
    await client.receives(500);
  },

  'an attribute beyond 2^53 is refused, as it could not be kept exactly': async (rig) => {
    const proxy = await rig.proxy();
    for (const latency of ['9007199254740992', '-9007199254740993', '9223372036854775807']) {
      const answer = await add(rig, proxy, `{"type":"latency","attributes":{"latency":${latency}}}`);
      expect(answer).toEqual(refusal(400, expect.stringContaining(`cannot unmarshal number ${latency}`)));
    }
    const answer = await add(rig, proxy, '{"type":"latency","attributes":{"latency":9007199254740991}}');
    expect(answer).toEqual(json(200, expect.objectContaining({ attributes: { latency: 2 ** 53 - 1, jitter: 0 } })));
  },

  'a change that is half right changes nothing; the original keeps the right half': async (rig) => {
    const proxy = await rig.proxy();
    const path = await rig.toxic(proxy, { type: 'latency', attributes: { latency: 5, jitter: 2 } });
    const before = await rig.show(proxy);
    for (const change of [
      { attributes: { latency: 9, jitter: 'x' } },
      { attributes: { latency: 9 }, toxicity: 'x' },
      { attributes: { jitter: 'x', latency: 9 } },
    ]) {
      expect((await rig.api.call('PATCH', path, change)).status).toBe(400);
    }
    expect(await rig.show(proxy)).toEqual(before);
  },

  'nothing waits for a reset_peer that sleeps; in the original every call about toxics does': async (rig) => {
    const sleepy = { type: 'reset_peer', attributes: { timeout: 60_000 } };
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [sleepy] });
    server.write('hello');
    await client.staysSilent(100);
    const path = `/proxies/${proxy.name}/toxics/reset_peer_downstream`;
    expect((await rig.api.call('PATCH', path, { toxicity: 1 })).status).toBe(200);
    await rig.toxic(proxy, { type: 'noop' });
    await rig.remove(path);
    expect((await rig.api.call('GET', `/proxies/${proxy.name}`)).status).toBe(200);
    await rig.remove(`/proxies/${proxy.name}`);
  },

  'a listen that names no host is loopback on a server that is; the original opens it to all': async (rig) => {
    const input = { name: rig.name(), upstream: 'x:1' };
    for (const listen of [undefined, '', ':0']) {
      const answer = await rig.api.call('POST', '/proxies', { ...input, listen });
      const shown = { ...input, listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/), enabled: true, toxics: [] };
      expect(answer).toEqual(json(201, shown));
      await rig.remove(`/proxies/${input.name}`);
    }
  },
};

export const deviationsOfServer: Cases = {
  'POST /reset does all that it can; the original stops at the first proxy that it cannot enable': async (rig) => {
    const names = ['first', 'stuck', 'last'];
    for (const name of names) {
      await rig.proxy({ name, enabled: false, listen: name === 'stuck' ? 'nonsense' : '127.0.0.1:0' });
      await rig.api.call('POST', `/proxies/${name}/toxics`, { type: 'noop' });
    }
    const error = 'listen tcp: address nonsense: missing port in address';
    expect(await rig.api.call('POST', '/reset')).toEqual(refusal(500, error));
    const shown = (await Promise.all(names.map((name) => rig.show({ name })))) as ProxyJson[];
    expect(shown.map(({ enabled, toxics }) => ({ enabled, toxics }))).toEqual(
      names.map((name) => ({ enabled: name !== 'stuck', toxics: [] })),
    );
  },
};
