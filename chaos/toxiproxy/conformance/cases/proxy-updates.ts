/** PATCH /proxies/{proxy}: what it changes, what it leaves, and what becomes of open connections. */
import { expect } from 'vitest';
import { badRequestBody, json, refusal } from '../api.ts';
import { dial } from '../peer.ts';
import type { Cases } from '../rig.ts';

const wrongShapes = [[], 5, 'text', { upstream: 1 }, { enabled: 'yes' }, { listen: {} }];

export const proxyUpdates: Cases = {
  'nothing to change is 200 with the proxy as it is, and connections live on': async (rig) => {
    const { proxy, client } = await rig.pair();
    const { listen, upstream, enabled } = proxy;
    for (const change of [{}, null, { listen, upstream, enabled }, { listen: null, enabled: null }, { other: 1 }]) {
      expect(await rig.api.call('PATCH', `/proxies/${proxy.name}`, JSON.stringify(change))).toEqual(json(200, proxy));
    }
    client.write('still');
    await client.receives(5);
  },

  'the name in a body is ignored': async (rig) => {
    const proxy = await rig.proxy();
    const change = { name: rig.name(), toxics: [{ type: 'latency' }] };
    expect(await rig.api.call('PATCH', `/proxies/${proxy.name}`, change)).toEqual(json(200, proxy));
    expect((await rig.api.call('GET', `/proxies/${change.name}`)).status).toBe(404);
  },

  'POST does the same as PATCH': async (rig) => {
    const proxy = await rig.proxy();
    const answer = await rig.api.call('POST', `/proxies/${proxy.name}`, { ENABLED: false });
    expect(answer).toEqual(json(200, { ...proxy, enabled: false }));
  },

  'another upstream ends open connections, keeps listen and toxics, and serves new ones': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const other = await rig.upstream();
    const { body } = await rig.patch(`/proxies/${proxy.name}`, { upstream: other.address });
    expect(body).toMatchObject({ ...proxy, upstream: other.address, toxics: [{ name: 'noop_downstream' }] });
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['fin', 'fin']);
    const next = await rig.connect(proxy);
    next.write('hello');
    await next.receives(5);
    expect((await other.accepted()).text).toBe('hello');
  },

  'another listen ends open connections, frees the old port and keeps toxics': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const { body } = await rig.patch(`/proxies/${proxy.name}`, { listen: 'localhost:0' });
    const listen = expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/);
    expect(body).toMatchObject({ ...proxy, listen, toxics: [{ name: 'noop_downstream' }] });
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['fin', 'fin']);
    const moved = body as typeof proxy;
    expect(moved.listen).not.toBe(proxy.listen);
    await expect(dial(proxy.listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    const next = await rig.connect(moved);
    next.write('hello');
    await next.receives(5);
  },

  'the same listen by its host name changes nothing': async (rig) => {
    const { proxy, client } = await rig.pair();
    const listen = proxy.listen.replace('127.0.0.1', 'localhost');
    expect(await rig.api.call('PATCH', `/proxies/${proxy.name}`, { listen })).toEqual(json(200, proxy));
    client.write('still');
    await client.receives(5);
  },

  'an upstream may be emptied: then nothing is behind the proxy': async (rig) => {
    const proxy = await rig.proxy();
    const answer = await rig.api.call('PATCH', `/proxies/${proxy.name}`, { upstream: '' });
    expect(answer).toEqual(json(200, { ...proxy, upstream: '' }));
    expect((await (await rig.connect(proxy)).ending()).how).toBe('fin');
  },

  'a body of another shape is 400 and changes nothing': async (rig) => {
    const proxy = await rig.proxy();
    for (const body of wrongShapes) {
      const answer = await rig.api.call('PATCH', `/proxies/${proxy.name}`, JSON.stringify(body));
      expect([body, answer]).toEqual([body, refusal(400, badRequestBody)]);
    }
    expect(await rig.show(proxy)).toEqual(proxy);
  },

  'a listen that is no address is 500 and changes nothing': async (rig) => {
    const { proxy, client } = await rig.pair();
    const answer = await rig.api.call('PATCH', `/proxies/${proxy.name}`, { listen: '127.0.0.1', upstream: 'x:1' });
    expect(answer).toEqual(refusal(500, 'address 127.0.0.1: missing port in address'));
    expect(await rig.show(proxy)).toEqual(proxy);
    client.write('still');
    await client.receives(5);
  },

  'a listen in use is 500 and leaves the proxy disabled, with the new address': async (rig) => {
    const { proxy, client } = await rig.pair();
    const taken = await rig.upstream();
    const error = `listen tcp ${taken.address}: bind: address already in use`;
    const path = `/proxies/${proxy.name}`;
    expect(await rig.api.call('PATCH', path, { listen: taken.address })).toEqual(refusal(500, error));
    expect((await client.ending()).how).toBe('fin');
    expect(await rig.show(proxy)).toEqual({ ...proxy, listen: taken.address, enabled: false });
    expect(await rig.api.call('PATCH', path, { enabled: true })).toEqual(refusal(500, error));
    await taken[Symbol.asyncDispose]();
    expect((await rig.patch(path, { enabled: true })).body).toMatchObject({ listen: taken.address, enabled: true });
  },

  'enabled: false refuses new connections and says FIN to open ones, keeping listen and toxics': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: true, toxics: [{ type: 'noop' }] });
    const before = await rig.show(proxy);
    const answer = await rig.api.call('PATCH', `/proxies/${proxy.name}`, { enabled: false });
    expect(answer).toEqual(json(200, { ...(before as object), enabled: false }));
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['fin', 'fin']);
    await expect(dial(proxy.listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect((await rig.patch(`/proxies/${proxy.name}`, { enabled: true })).body).toEqual(before);
    const next = await rig.connect(proxy);
    next.write('again');
    await next.receives(5);
  },

  'a disabled proxy can be moved, and stays disabled': async (rig) => {
    const proxy = await rig.proxy({ enabled: false });
    const change = { listen: 'localhost:0', upstream: 'y:1' };
    expect((await rig.patch(`/proxies/${proxy.name}`, change)).body).toEqual({ ...proxy, ...change });
  },
};
