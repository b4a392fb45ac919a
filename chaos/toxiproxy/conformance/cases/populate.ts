/** POST /populate: its order, its checks, what it keeps and what it replaces. */
import { expect } from 'vitest';
import { badRequestBody, json } from '../api.ts';
import type { Cases } from '../rig.ts';

export const populate: Cases = {
  'answers 201 with the proxies in their order, enabled unless told otherwise': async (rig) => {
    const inputs = [
      { name: rig.name(), listen: '127.0.0.1:0', upstream: 'x:1', toxics: [{ type: 'latency' }] },
      { name: rig.name(), listen: 'localhost:0', upstream: 'y:1', enabled: false },
      { NAME: rig.name(), listen: 'localhost:0', upstream: 'z:1', enabled: null, other: 1 },
    ];
    const listen = expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/);
    const proxies = [
      { name: inputs[0]?.name, listen, upstream: 'x:1', enabled: true, toxics: [] },
      { name: inputs[1]?.name, listen: 'localhost:0', upstream: 'y:1', enabled: false, toxics: [] },
      { name: inputs[2]?.NAME, listen, upstream: 'z:1', enabled: true, toxics: [] },
    ];
    expect(await rig.api.call('POST', '/populate', inputs)).toEqual(json(201, { proxies }));
  },

  'nothing to populate is 201 with null': async ({ api }) => {
    for (const body of ['[]', 'null', '[] and more']) {
      expect([body, await api.call('POST', '/populate', body)]).toEqual([body, json(201, { proxies: null })]);
    }
  },

  'a bad body is 400 in JSON, with null for proxies': async ({ api }) => {
    const refused = json(400, { error: badRequestBody, status: 400, proxies: null });
    for (const body of ['', 'x', '{}', '5', '[5]', '[{"name":5}]', '[{"name":"a","upstream":"x:1"}', '[[]]']) {
      expect([body, await api.call('POST', '/populate', body)]).toEqual([body, refused]);
    }
  },

  'every name and upstream is checked before the first proxy is made': async (rig) => {
    const good = { name: rig.name(), listen: '127.0.0.1:0', upstream: 'x:1' };
    const missing = (what: string) =>
      json(400, { error: `missing required field: ${what}`, status: 400, proxies: null });
    const { api } = rig;
    expect(await api.call('POST', '/populate', [{}])).toEqual(missing('name at proxy 1'));
    expect(await api.call('POST', '/populate', [good, { upstream: 'x:1' }])).toEqual(missing('name at proxy 2'));
    expect(await api.call('POST', '/populate', [good, good, { name: 'a' }])).toEqual(missing('upstream at proxy 3'));
    expect(await api.call('POST', '/populate', [good, null])).toEqual(missing('name at proxy 2'));
    expect((await api.call('GET', `/proxies/${good.name}`)).status).toBe(404);
  },

  'a failure in the middle is 500 and keeps what came before': async (rig) => {
    const { address } = await rig.upstream();
    const [first, second, third] = [rig.name(), rig.name(), rig.name()];
    const answer = await rig.api.call('POST', '/populate', [
      { name: first, listen: '127.0.0.1:0', upstream: 'x:1' },
      { name: second, listen: address, upstream: 'x:1' },
      { name: third, listen: '127.0.0.1:0', upstream: 'x:1' },
    ]);
    const error = `listen tcp ${address}: bind: address already in use`;
    const kept = { name: first, listen: expect.any(String), upstream: 'x:1', enabled: true, toxics: [] };
    expect(answer).toEqual(json(500, { error, status: 500, proxies: [kept] }));
    expect((await rig.api.call('GET', `/proxies/${first}`)).status).toBe(200);
    expect((await rig.api.call('GET', `/proxies/${second}`)).status).toBe(404);
    expect((await rig.api.call('GET', `/proxies/${third}`)).status).toBe(404);
  },

  'the first that fails gives null for proxies': async (rig) => {
    const answer = await rig.api.call('POST', '/populate', [{ name: rig.name(), listen: 'nonsense', upstream: 'x:1' }]);
    const error = 'listen tcp: address nonsense: missing port in address';
    expect(answer).toEqual(json(500, { error, status: 500, proxies: null }));
  },

  'a proxy with the same listen and upstream is untouched: toxics, connections, even enabled': async (rig) => {
    const { proxy, client } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const before = await rig.show(proxy);
    const { name, listen, upstream } = proxy;
    for (const same of [listen, listen.replace('127.0.0.1', 'localhost')]) {
      const answer = await rig.api.call('POST', '/populate', [{ name, listen: same, upstream, enabled: false }]);
      expect(answer).toEqual(json(201, { proxies: [before] }));
    }
    client.write('still');
    await client.receives(5);
    await rig.patch(`/proxies/${name}`, { enabled: false });
    const answer = await rig.api.call('POST', '/populate', [{ name, listen, upstream, enabled: true }]);
    expect(answer).toEqual(json(201, { proxies: [{ ...(before as object), enabled: false }] }));
  },

  'a proxy with another upstream is replaced: toxics are lost, connections end': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const { name, listen } = proxy;
    const other = await rig.upstream();
    const answer = await rig.api.call('POST', '/populate', [{ name, listen, upstream: other.address }]);
    expect(answer).toEqual(json(201, { proxies: [{ ...proxy, upstream: other.address, toxics: [] }] }));
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['fin', 'fin']);
    const next = await rig.connect(proxy);
    next.write('hello');
    await next.receives(5);
  },

  'a proxy whose replacement fails stays, disabled': async (rig) => {
    const { proxy, client } = await rig.pair();
    const { address } = await rig.upstream();
    const { name, upstream } = proxy;
    const answer = await rig.api.call('POST', '/populate', [{ name, listen: address, upstream }]);
    expect(answer.status).toBe(500);
    expect((await client.ending()).how).toBe('fin');
    expect(await rig.show(proxy)).toEqual({ ...proxy, enabled: false });
  },

  'a listen that is no address leaves the proxy of that name as it was': async (rig) => {
    const proxy = await rig.proxy();
    const { name, upstream } = proxy;
    const answer = await rig.api.call('POST', '/populate', [{ name, listen: '127.0.0.1', upstream }]);
    const error = 'address 127.0.0.1: missing port in address';
    expect(answer).toEqual(json(500, { error, status: 500, proxies: null }));
    expect(await rig.show(proxy)).toEqual(proxy);
  },

  'the same name twice: the second replaces the first, both are in the answer': async (rig) => {
    const name = rig.name();
    const [one, two] = ['x:1', 'y:1'].map((upstream) => ({ name, listen: '127.0.0.1:0', upstream, enabled: false }));
    const answer = await rig.api.call('POST', '/populate', [one, two]);
    const proxies = [one, two].map((it) => ({ ...it, toxics: [] }));
    expect(answer).toEqual(json(201, { proxies }));
    expect(await rig.show({ name })).toMatchObject({ upstream: 'y:1' });
  },
};
