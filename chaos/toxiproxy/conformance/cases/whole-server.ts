/** What concerns every proxy at once, so each case has a server of its own: the list, reset, metrics. */
import { expect, vi } from 'vitest';
import { empty, json, refusal } from '../api.ts';
import { dial } from '../peer.ts';
import type { Cases, Rig } from '../rig.ts';

/** Samples of the proxies' metrics, and their families. */
async function metrics({ api }: Rig): Promise<readonly string[]> {
  const { status, type, body } = await api.call('GET', '/metrics');
  expect({ status, type }).toEqual({ status: 200, type: expect.stringMatching(/^text\/plain; version=0\.0\.4;/) });
  return (body as string).split('\n').filter((line) => /^(# TYPE )?toxiproxy_proxy_/.test(line));
}

export const wholeServer: Cases = {
  'GET /proxies is an object by name': async (rig) => {
    expect(await rig.api.call('GET', '/proxies')).toEqual(json(200, {}));
    const [one, two] = [await rig.proxy(), await rig.proxy({ enabled: false })];
    await rig.toxic(two, { type: 'noop' });
    const toxics = [{ attributes: {}, name: 'noop_downstream', type: 'noop', stream: 'downstream', toxicity: 1 }];
    const shown = { [one.name]: one, [two.name]: { ...two, toxics } };
    expect(await rig.api.call('GET', '/proxies')).toEqual(json(200, shown));
  },

  'a name that a path cannot hold is in the list all the same': async (rig) => {
    const proxy = await rig.proxy({ name: 'a/b' });
    expect(await rig.api.call('GET', '/proxies')).toEqual(json(200, { 'a/b': proxy }));
  },

  'POST /reset is 204: no toxics, every proxy enabled, connections live on': async (rig) => {
    const { proxy, client } = await rig.pair();
    await rig.toxic(proxy, { type: 'latency', attributes: { latency: 14_000 } });
    await rig.toxic(proxy, { type: 'noop', stream: 'upstream' });
    const disabled = await rig.proxy({ enabled: false, listen: 'localhost:0' });
    const sent = client.write('hello');
    await client.staysSilent(100);
    expect(await rig.api.call('POST', '/reset')).toEqual(empty(204));
    expect((await client.receives(5)) - sent).toBeLessThan(13_000);
    expect(await rig.show(proxy)).toEqual(proxy);
    const enabled = (await rig.show(disabled)) as typeof proxy;
    expect(enabled).toMatchObject({ enabled: true, toxics: [], listen: expect.stringMatching(/^127\.0\.0\.1:/) });
    const next = await rig.connect(enabled);
    next.write('hello');
    await next.receives(5);
  },

  'POST /reset of nothing is 204': async ({ api }) => {
    expect(await api.call('POST', '/reset', 'whatever')).toEqual(empty(204));
  },

  'POST /reset is 500 where a proxy cannot be enabled': async (rig) => {
    const proxy = await rig.proxy({ enabled: false, listen: 'nonsense' });
    const error = 'listen tcp: address nonsense: missing port in address';
    expect(await rig.api.call('POST', '/reset')).toEqual(refusal(500, error));
    expect(await rig.show(proxy)).toEqual(proxy);
  },

  'reset ends connections that a timeout holds': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [{ type: 'timeout' }] });
    expect((await rig.api.call('POST', '/reset')).status).toBe(204);
    expect((await client.ending()).how).toBe('fin');
  },

  'metrics count bytes per stream, when a connection ends': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    expect(await metrics(rig)).toEqual([]);
    client.write('hello');
    server.write('hi');
    await server.receives(5);
    await client.receives(2);
    expect(await metrics(rig)).toEqual([]);
    client.end();
    await Promise.all([client.ending(), server.ending()]);
    const labels = (direction: string) =>
      `{direction="${direction}",listener="${proxy.listen}",proxy="${proxy.name}",upstream="${proxy.upstream}"}`;
    await vi.waitFor(
      async () =>
        expect(await metrics(rig)).toEqual([
          '# TYPE toxiproxy_proxy_received_bytes_total counter',
          `toxiproxy_proxy_received_bytes_total${labels('downstream')} 2`,
          `toxiproxy_proxy_received_bytes_total${labels('upstream')} 5`,
          '# TYPE toxiproxy_proxy_sent_bytes_total counter',
          `toxiproxy_proxy_sent_bytes_total${labels('downstream')} 2`,
          `toxiproxy_proxy_sent_bytes_total${labels('upstream')} 5`,
        ]),
      { timeout: 10_000 },
    );
  },

  'metrics tell received from sent, and add connections up': async (rig) => {
    const upstream = await rig.upstream({ echo: false });
    const proxy = await rig.proxy({ upstream: upstream.address });
    await rig.toxic(proxy, { type: 'limit_data', stream: 'upstream', attributes: { bytes: 3 } });
    for (let connections = 0; connections < 2; connections++) {
      const client = await rig.connect(proxy);
      client.write('hello');
      await client.ending();
    }
    const count = async (kind: string) =>
      (await metrics(rig))
        .find((line) => line.startsWith(`toxiproxy_proxy_${kind}_bytes_total{direction="upstream"`))
        ?.split(' ')
        .at(-1);
    await vi.waitFor(async () => expect([await count('received'), await count('sent')]).toEqual(['10', '6']), {
      timeout: 10_000,
    });
  },

  'metrics of a proxy that is gone stay; a connection that reached no upstream leaves none': async (rig) => {
    const dead = await rig.proxy({ upstream: '127.0.0.1:1' });
    await (await rig.connect(dead)).ending();
    const { proxy, client } = await rig.pair();
    client.write('hello');
    await client.receives(5);
    await rig.remove(`/proxies/${proxy.name}`);
    await client.ending();
    await vi.waitFor(
      async () => {
        const samples = (await metrics(rig)).filter((line) => !line.startsWith('#'));
        expect(samples.map((line) => line.replace(/\{.*proxy="([^"]*)".*\}/, ' $1'))).toEqual([
          `toxiproxy_proxy_received_bytes_total ${proxy.name} 5`,
          `toxiproxy_proxy_received_bytes_total ${proxy.name} 5`,
          `toxiproxy_proxy_sent_bytes_total ${proxy.name} 5`,
          `toxiproxy_proxy_sent_bytes_total ${proxy.name} 5`,
        ]);
      },
      { timeout: 10_000 },
    );
  },

  'metrics escape what is odd in a name': async (rig) => {
    const { address } = await rig.upstream();
    const proxy = await rig.proxy({ name: 'a"b\\c\nd', upstream: address });
    const client = await rig.connect(proxy);
    client.write('hello');
    await client.receives(5);
    client.end();
    await client.ending();
    await vi.waitFor(async () => expect((await metrics(rig)).join()).toContain(String.raw`proxy="a\"b\\c\nd"`), {
      timeout: 10_000,
    });
  },

  'metrics answer to any method': async ({ api }) => {
    for (const method of ['POST', 'PUT', 'DELETE'] as const)
      expect((await api.call(method, '/metrics')).status).toBe(200);
  },

  'a proxy that is gone refuses connections': async (rig) => {
    const proxy = await rig.proxy();
    await rig.remove(`/proxies/${proxy.name}`);
    await expect(dial(proxy.listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await rig.api.call('GET', '/proxies')).toEqual(json(200, {}));
  },
};
