import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { call, type Reply } from './server.fixture.ts';
import { type RunningToxiproxy, startToxiproxy } from './server.ts';

/** Nothing that a client sends may stop the server, or be answered in a way that the API does not have. */
let server: RunningToxiproxy;
beforeAll(async () => {
  server = await startToxiproxy({
    seed: 1n,
    proxyMetrics: true,
    limits: { bodyBytes: 2000, proxies: 20, readMs: 500 },
  });
});
afterAll(() => server.stop());

const names = fc.constantFrom('a', 'b', '%61', '%C3%A9', '__proto__', '..', '%2e%2e', '%00', '%ff', '%', '', 'a%2Fb');
const segments = fc.oneof(
  names,
  fc.constantFrom('proxies', 'toxics', 'populate', 'reset', 'version', 'metrics', '.', '?'),
  fc.string({ unit: 'binary', maxLength: 5 }).map(encodeURIComponent),
);
const paths = fc.oneof(
  { weight: 3, arbitrary: names.map((name) => `/proxies/${name}`) },
  { weight: 3, arbitrary: fc.tuple(names, names).map(([name, toxic]) => `/proxies/${name}/toxics/${toxic}`) },
  { weight: 2, arbitrary: names.map((name) => `/proxies/${name}/toxics`) },
  { weight: 3, arbitrary: fc.constantFrom('/proxies', '/populate', '/reset', '/version', '/metrics') },
  { weight: 1, arbitrary: fc.array(segments, { maxLength: 5 }).map((list) => `/${list.join('/')}`) },
);
const methods = fc.constantFrom('GET', 'POST', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'PURGE');

const odd = fc.oneof(
  fc.constantFrom(null, true, 0, -1, 1.5, 1e21, 1e300, -0, 2 ** 53, '', [], {}, 'upstream', 'Downstream'),
  fc.jsonValue({ maxDepth: 2 }),
);
const addresses = fc.oneof(
  fc.constantFrom(
    '127.0.0.1:0',
    '127.0.0.1:0',
    '',
    ':0',
    '[::1]:0',
    '127.0.0.1:99999',
    'x',
    '[',
    '203.0.113.1:1',
    '\0:1',
  ),
  // No letters: names of hosts would be looked up.
  fc.string({ unit: fc.constantFrom(...'0123.:[]-+'), maxLength: 8 }),
);
const proxies = fc.record(
  {
    name: fc.oneof(fc.constantFrom('a', 'b', 'é', '__proto__', '\0', 'a/b'), odd),
    listen: fc.oneof(
      addresses,
      odd.filter((value) => typeof value !== 'string'),
    ),
    upstream: fc.oneof(fc.constantFrom('127.0.0.1:9', 'x', ':'), odd),
    enabled: fc.oneof(fc.boolean(), odd),
    extra: odd,
  },
  { requiredKeys: [] },
);
const attributes = fc.dictionary(
  fc.constantFrom(
    'latency',
    'JITTER',
    'rate',
    'delay',
    'timeout',
    'bytes',
    'average_size',
    'size_variation',
    '__proto__',
  ),
  odd,
);
const types = fc.constantFrom(
  'latency',
  'bandwidth',
  'slow_close',
  'timeout',
  'reset_peer',
  'slicer',
  'limit_data',
  'noop',
);
const toxics = fc.record(
  {
    name: fc.oneof(fc.constantFrom('a', 'b', '..'), odd),
    type: fc.oneof({ weight: 4, arbitrary: types }, { weight: 1, arbitrary: odd }),
    stream: odd,
    toxicity: odd,
    attributes: fc.oneof(attributes, odd),
  },
  { requiredKeys: [] },
);
const texts = fc.oneof(proxies, toxics, fc.array(proxies, { maxLength: 4 }), odd).map((value) => JSON.stringify(value));
const bodies = fc.oneof(
  { weight: 6, arbitrary: texts },
  { weight: 1, arbitrary: fc.tuple(texts, fc.nat(60)).map(([text, end]) => text.slice(0, end)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
  { weight: 1, arbitrary: fc.constantFrom('['.repeat(1500), `"${'x'.repeat(3000)}"`, '{"name":'.repeat(200)) },
);

/** Status → what the body then must be. */
const documented: Readonly<Record<number, RegExp>> = {
  200: /^(?:[[{]|# HELP|$)/,
  201: /^\{/,
  204: /^$/,
  301: /^$/,
  400: /^(?:\{"error":"[\s\S]*,"status":400[\s\S]*\}\n?|400 Bad Request)$/,
  404: /^(?:\{"error":"(?:proxy|toxic) not found","status":404\}|404 page not found)\n$/,
  405: /^$/,
  409: /^\{"error":"(?:proxy|toxic) already exists","status":409\}\n$/,
  413: /^\{"error":"request body too large: at most 2000 bytes","status":413\}\n$/,
  500: /^\{"error":"(?:listen tcp|address |lookup )[\s\S]*,"status":500[\s\S]*\}\n?$/,
};

function expectDocumented(method: string, { status = 0, body }: Reply): void {
  const expected = documented[status];
  expect(expected, `${status} is none of the documented statuses: ${body}`).toBeDefined();
  if (method !== 'HEAD') expect(body).toMatch(expected ?? /$^/);
}

describe('the API', () => {
  it('answers any calls as documented', async () => {
    const calls = fc.array(fc.tuple(methods, paths, bodies), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(calls, async (sequence) => {
        for (const [method, path, body] of sequence)
          expectDocumented(method, await call(server.url, method, path, body));
        expect((await call(server.url, 'GET', '/version')).status).toBe(200);
      }),
    );
    expect((await call(server.url, 'POST', '/populate', '[]')).status).toBe(201);
  });

  it('survives any bytes on its port', async () => {
    const starts = fc.constantFrom(
      '',
      'GET ',
      'POST /populate HTTP/1.1\r\nHost: a\r\nContent-Length: ',
      'CONNECT ',
      'PRI * ',
    );
    const rest = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'\r\n: /1x%') }));
    await fc.assert(
      fc.asyncProperty(starts, rest, async (start, bytes) => {
        const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
        socket.on('error', () => {});
        socket.end(start + bytes);
        socket.resume();
        await once(socket, 'close');
        expect((await call(server.url, 'GET', '/version')).status).toBe(200);
      }),
    );
  });
});
