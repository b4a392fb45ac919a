/** What is answered before any proxy is looked at: routes, methods, user agents. */
import { expect } from 'vitest';
import { badRequestBody, empty, json, type Method, plain, refusal } from '../api.ts';
import type { Cases } from '../rig.ts';

const wrongMethods: readonly (readonly [Method, string])[] = [
  ['PUT', '/proxies'],
  ['DELETE', '/proxies'],
  ['HEAD', '/proxies'],
  ['OPTIONS', '/proxies'],
  ['GET', '/populate'],
  ['GET', '/reset'],
  ['POST', '/version'],
  ['PUT', '/proxies/p'],
  ['DELETE', '/proxies/p/toxics'],
  ['PUT', '/proxies/p/toxics/t'],
];

const unknownRoutes = ['/', '/nowhere', '/proxies/', '/proxies/a/', '/proxies/a/b', '/proxies/a%2Fb', '/Proxies'];

const belowAnUnknownProxy: readonly (readonly [Method, string])[] = [
  ['GET', ''],
  ['PATCH', ''],
  ['POST', ''],
  ['DELETE', ''],
  ['GET', '/toxics'],
  ['POST', '/toxics'],
  ['GET', '/toxics/t'],
  ['PATCH', '/toxics/t'],
  ['POST', '/toxics/t'],
  ['DELETE', '/toxics/t'],
];

const noJson = ['', 'x', '{', '{"name"', '{"name":"a",}', "{'name':'a'}", '"', 'nul'];

/** Path (of a proxy `p`, its latency toxic `t`), body, and what the decoder of the original says to it. */
const decoderWords: readonly (readonly [path: string, body: string, words: string])[] = [
  ['/proxies', '', 'EOF'],
  ['/proxies', '{"name"', 'unexpected EOF'],
  ['/proxies', 'x', "invalid character 'x' looking for beginning of value"],
  ['/proxies', '{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['/proxies', '[]', 'json: cannot unmarshal array into Go value of type toxiproxy.Proxy'],
  ['/proxies', '{"name":1}', 'json: cannot unmarshal number into Go struct field Proxy.name of type string'],
  ['/p', '{"enabled":"yes"}', 'json: cannot unmarshal string into Go struct field Proxy.enabled of type bool'],
  ['/p/toxics', '{"type":5}', 'json: cannot unmarshal number into Go struct field ToxicWrapper.type of type string'],
  [
    '/p/toxics',
    '{"type":"noop","toxicity":1e39}',
    'json: cannot unmarshal number 1e39 into Go struct field ToxicWrapper.toxicity of type float32',
  ],
  [
    '/p/toxics',
    '{"type":"latency","name":"free","attributes":{"latency":1.5}}',
    'json: cannot unmarshal number 1.5 into Go struct field LatencyToxic.attributes.latency of type int64',
  ],
  ['/p/toxics/t', '{"toxicity":"1"}', 'json: cannot unmarshal string into Go struct field .toxicity of type float32'],
];

export const routes: Cases = {
  'GET /version is 200 and ends in a newline': async ({ api }) => {
    const type = 'application/json;charset=utf-8';
    const body = { version: '2.12.0' };
    expect(await api.call('GET', '/version')).toEqual({ status: 200, type, body, newline: true });
  },

  'an unknown route is 404 in plain words': async ({ api }) => {
    for (const path of unknownRoutes) {
      expect([path, await api.call('GET', path)]).toEqual([path, plain(404, '404 page not found\n')]);
    }
  },

  'a path with an empty part is sent to the tidy one': async ({ api }) => {
    expect(await api.call('GET', '//proxies')).toEqual(empty(301));
  },

  'a wrong method is 405 without a body': async ({ api }) => {
    for (const [method, path] of wrongMethods) {
      expect([method, path, await api.call(method, path)]).toEqual([method, path, empty(405)]);
    }
  },

  'a browser is 403, by the beginning of its user agent': async ({ api }) => {
    const as = (agent: string, path = '/version') => api.call('GET', path, undefined, { 'user-agent': agent });
    expect(await as('Mozilla/5.0 (X11)')).toEqual(plain(403, 'User agent not allowed\n'));
    expect((await as('Mozilla/')).status).toBe(403);
    expect((await as('mozilla/5.0')).status).toBe(200);
    expect((await as('curl Mozilla/5.0')).status).toBe(200);
    expect((await as('Mozilla/5.0', '/nowhere')).status).toBe(404);
    const writing = { 'user-agent': 'Mozilla/5.0' };
    expect((await api.call('POST', '/proxies', { name: 'of-a-browser', upstream: 'x:1' }, writing)).status).toBe(403);
    expect((await api.call('GET', '/proxies/of-a-browser')).status).toBe(404);
  },

  'below an unknown proxy all is 404, whatever the body': async ({ api }) => {
    for (const [method, below] of belowAnUnknownProxy) {
      const answer = await api.call(method, `/proxies/unknown${below}`, method === 'GET' ? undefined : 'no JSON');
      expect([method, below, answer]).toEqual([method, below, refusal(404, 'proxy not found')]);
    }
  },

  'a body that is no JSON is 400, in every call that takes one': async (rig) => {
    const proxy = await rig.proxy();
    const toxic = await rig.toxic(proxy, { type: 'latency' });
    const paths = ['/proxies', `/proxies/${proxy.name}`, `/proxies/${proxy.name}/toxics`, toxic];
    for (const path of paths) {
      for (const body of noJson) {
        const answer = await rig.api.call('POST', path, body);
        expect([path, body, answer]).toEqual([path, body, refusal(400, badRequestBody)]);
      }
    }
    expect(await rig.show(proxy)).toMatchObject({ ...proxy, toxics: [{ name: 'latency_downstream' }] });
  },

  'a bad body is answered in the words of the decoder': async (rig) => {
    const proxy = await rig.proxy();
    await rig.toxic(proxy, { type: 'latency', name: 't' });
    for (const [path, body, words] of decoderWords) {
      const whole = path === '/proxies' ? path : path.replace('/p', `/proxies/${proxy.name}`);
      const answer = await rig.api.call('POST', whole, body);
      expect([body, answer]).toEqual([body, refusal(400, `bad request body: ${words}`)]);
    }
  },

  'neither the Content-Type nor what follows the JSON is looked at': async (rig) => {
    const name = rig.name();
    const body = `${JSON.stringify({ name, listen: '127.0.0.1:0', upstream: 'x:1' })} and more {`;
    expect((await rig.api.call('POST', '/proxies', body, { 'content-type': 'image/png' })).status).toBe(201);
    expect(await rig.api.call('GET', `/proxies/${name}`)).toEqual(json(200, expect.objectContaining({ name })));
  },
};
