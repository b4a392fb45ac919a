/** Proxies come and go: POST /proxies, GET and DELETE /proxies/{proxy}. */
import { expect } from 'vitest';
import { badRequestBody, empty, json, refusal } from '../api.ts';
import { dial } from '../peer.ts';
import type { Cases } from '../rig.ts';

const wrongShapes = [[], 5, 'text', true, { name: 1 }, { name: 'a', upstream: {} }, { name: 'a', enabled: 'yes' }];

const unlistenable = {
  '127.0.0.1': 'listen tcp: address 127.0.0.1: missing port in address',
  nonsense: 'listen tcp: address nonsense: missing port in address',
  '127.0.0.1:99999': 'listen tcp: address 99999: invalid port',
  '127.0.0.1:-1': 'listen tcp: address -1: invalid port',
  'a:b:c': 'listen tcp: address a:b:c: too many colons in address',
} as const;

export const proxies: Cases = {
  'a new proxy is 201, enabled, without toxics, its listen resolved': async (rig) => {
    const proxy = await rig.proxy({ listen: 'localhost:0', upstream: 'somewhere:80' });
    expect(proxy).toEqual({
      name: proxy.name,
      listen: expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/),
      upstream: 'somewhere:80',
      enabled: true,
      toxics: [],
    });
    expect(await rig.api.call('GET', `/proxies/${proxy.name}`)).toEqual(json(200, proxy));
  },

  'a proxy without listen gets a port of its own': async (rig) => {
    for (const listen of [{}, { listen: '' }, { listen: null }, { listen: ':0' }]) {
      const input = { name: rig.name(), upstream: 'x:1' };
      expect(await rig.api.call('POST', '/proxies', { ...input, ...listen })).toEqual(
        json(201, { ...input, listen: expect.stringMatching(/\S:[1-9]\d*$/), enabled: true, toxics: [] }),
      );
    }
  },

  'a disabled proxy listens nowhere and shows its listen as given': async (rig) => {
    const taken = await rig.upstream();
    for (const listen of ['localhost:0', 'nonsense', taken.address]) {
      expect(await rig.proxy({ listen, enabled: false })).toMatchObject({ listen, enabled: false });
    }
  },

  'name and upstream must be there, name first': async ({ api }) => {
    const missing = (field: string) => refusal(400, `missing required field: ${field}`);
    expect(await api.call('POST', '/proxies', {})).toEqual(missing('name'));
    expect(await api.call('POST', '/proxies', null)).toEqual(missing('name'));
    expect(await api.call('POST', '/proxies', { name: '', upstream: 'x:1' })).toEqual(missing('name'));
    expect(await api.call('POST', '/proxies', { name: null, upstream: 'x:1' })).toEqual(missing('name'));
    expect(await api.call('POST', '/proxies', { name: 'incomplete' })).toEqual(missing('upstream'));
    expect(await api.call('POST', '/proxies', { name: 'incomplete', upstream: '' })).toEqual(missing('upstream'));
    expect((await api.call('GET', '/proxies/incomplete')).status).toBe(404);
  },

  'a body of another shape is 400': async ({ api }) => {
    for (const body of wrongShapes) {
      const answer = await api.call('POST', '/proxies', JSON.stringify(body));
      expect([body, answer]).toEqual([body, refusal(400, badRequestBody)]);
    }
  },

  'keys count in any case, the last one wins, unknown ones and toxics are ignored': async (rig) => {
    const name = rig.name();
    const body = `{"NAME":"first","Name":"${name}","LISTEN":"127.0.0.1:0","upStream":"x:1","Enabled":true,
      "toxics":[{"type":"latency"}],"other":{"deep":[1]}}`;
    const created = await rig.api.call('POST', '/proxies', body);
    expect(created).toEqual(
      json(201, { name, listen: expect.any(String), upstream: 'x:1', enabled: true, toxics: [] }),
    );
  },

  'null leaves a default': async (rig) => {
    const input = { name: rig.name(), upstream: 'x:1' };
    const created = await rig.api.call('POST', '/proxies', { ...input, listen: '127.0.0.1:0', enabled: null });
    expect(created).toEqual(json(201, { ...input, listen: expect.any(String), enabled: true, toxics: [] }));
  },

  'a name can be taken once': async (rig) => {
    const proxy = await rig.proxy();
    const taken = refusal(409, 'proxy already exists');
    expect(await rig.api.call('POST', '/proxies', { name: proxy.name, upstream: 'other:1' })).toEqual(taken);
    expect(await rig.api.call('POST', '/proxies', { name: proxy.name, upstream: 'x:1', listen: proxy.listen })).toEqual(
      taken,
    );
    expect(await rig.show(proxy)).toEqual(proxy);
  },

  'an address in use is 500, in the words of the socket, and no proxy is left': async (rig) => {
    const { address } = await rig.upstream();
    const input = { name: rig.name(), listen: address, upstream: 'x:1' };
    const error = `listen tcp ${address}: bind: address already in use`;
    expect(await rig.api.call('POST', '/proxies', input)).toEqual(refusal(500, error));
    expect((await rig.api.call('GET', `/proxies/${input.name}`)).status).toBe(404);
  },

  'a listen that is no address is 500, in the words of the resolver': async (rig) => {
    for (const [listen, error] of Object.entries(unlistenable)) {
      const answer = await rig.api.call('POST', '/proxies', { name: rig.name(), listen, upstream: 'x:1' });
      expect([listen, answer]).toEqual([listen, refusal(500, error)]);
    }
  },

  'a name may hold anything; what a path can hold is found again': async (rig) => {
    for (const odd of ['a b', 'ümläut ☃', '"quoted"', '<&>', '100%', 'a+b', 'x?y#z']) {
      const proxy = await rig.proxy({ name: `${rig.name()} ${odd}` });
      const path = `/proxies/${encodeURIComponent(proxy.name)}`;
      expect(await rig.api.call('GET', path)).toEqual(json(200, proxy));
      expect(await rig.api.call('DELETE', path)).toEqual(empty(204));
    }
  },

  'DELETE is 204, frees the port and the name, and says FIN to open connections': async (rig) => {
    const { proxy, client, server } = await rig.pair();
    client.write('hello');
    await client.receives(5);
    expect(await rig.api.call('DELETE', `/proxies/${proxy.name}`)).toEqual(empty(204));
    expect([(await client.ending()).how, (await server.ending()).how]).toEqual(['fin', 'fin']);
    await expect(dial(proxy.listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(await rig.api.call('DELETE', `/proxies/${proxy.name}`)).toEqual(refusal(404, 'proxy not found'));
    expect(await rig.proxy({ name: proxy.name, listen: proxy.listen })).toMatchObject({ listen: proxy.listen });
  },
};
