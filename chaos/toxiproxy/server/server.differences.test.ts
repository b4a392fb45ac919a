import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseFlags } from './flags.ts';
import { defaultLimits } from './limits.ts';
import { createLog } from './log.ts';
import { seededRandom } from './seeded-random.ts';
import { call, jsonCall, rawExchange, started } from './server.fixture.ts';
import { startToxiproxy } from './server.ts';

const listen = '127.0.0.1:0';
const toxics = '/proxies/a/toxics';

/** A server with a proxy `a`, whose upstream echoes. */
async function withProxy(): Promise<{ url: string; address: string }> {
  const { url } = await started({ proxyMetrics: true });
  const { port } = (await listening((socket) => socket.pipe(socket).on('error', () => {}))).address() as AddressInfo;
  const { body } = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream: `127.0.0.1:${port}` });
  return { url, address: body.listen };
}

async function listening(handler: Parameters<typeof createServer>[1] = () => {}): Promise<Server> {
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  return server;
}

type Attributes = Readonly<Record<string, number>>;

/** Neither a new toxic nor one that is there, with the `good` ones, takes any of these attributes. */
async function refusedAttributes(type: string, good: Attributes, bad: readonly (readonly [Attributes, RegExp])[]) {
  const { url } = await withProxy();
  const existing = (await jsonCall(url, 'POST', toxics, { type, name: 'good', attributes: good })).body;
  for (const [attributes, says] of bad) {
    const refused = { status: 400, body: { error: expect.stringMatching(says), status: 400 } };
    expect(await jsonCall(url, 'POST', toxics, { type, attributes })).toEqual(refused);
    if (Object.keys(attributes).length === 0) continue;
    expect(await jsonCall(url, 'PATCH', `${toxics}/good`, { attributes })).toEqual(refused);
  }
  expect((await jsonCall(url, 'GET', toxics)).body).toEqual([existing]);
}

/** One for each row of README's table, by its first cell. */
const rows: Readonly<Record<string, () => Promise<void> | void>> = {
  '`Logger`': async () => {
    const { url } = await started();
    const reply = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream: 'u:1', Logger: 5 });
    expect(reply.status).toBe(201);
    expect(Object.keys(reply.body)).toEqual(['name', 'listen', 'upstream', 'enabled', 'toxics']);
  },

  'negative `rate` of `bandwidth`': () =>
    refusedAttributes('bandwidth', { rate: 5 }, [[{ rate: -1 }, /^invalid attributes: rate /]]),

  '`slicer` without `average_size`, or with a `size_variation` beyond it': () =>
    refusedAttributes('slicer', { average_size: 20, size_variation: 5 }, [
      [{}, /average_size/],
      [{ average_size: 0, size_variation: 0 }, /average_size/],
      [{ average_size: -5 }, /average_size/],
      [{ average_size: 10, size_variation: 11 }, /size_variation/],
      [{ average_size: 10, size_variation: -1 }, /size_variation/],
    ]),

  'DELETE behind a sleeping `reset_peer`': async () => {
    const { url, address } = await withProxy();
    await call(
      url,
      'POST',
      toxics,
      '{"type":"reset_peer","name":"r","stream":"upstream","attributes":{"timeout":60000}}',
    );
    const client = connect(Number(address.split(':')[1]), '127.0.0.1');
    client.on('error', () => {});
    onTestFinished(() => void client.destroy());
    await once(client, 'connect');
    client.write('x');
    // The sleep has begun once the byte has reached the proxy; the answer is awaited for far less than the sleep.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const answered = async () => [
      (await call(url, 'PATCH', `${toxics}/r`, '{"toxicity":1}')).status,
      (await call(url, 'POST', toxics, '{"type":"noop","stream":"upstream"}')).status,
      (await call(url, 'DELETE', `${toxics}/r`)).status,
      (await call(url, 'DELETE', '/proxies/a')).status,
    ];
    const late = new Promise((resolve) => setTimeout(resolve, 15_000, 'late').unref());
    expect(await Promise.race([answered(), late])).toEqual([200, 200, 204, 204]);
  },

  'PATCH of a toxic that is half wrong': async () => {
    const { url } = await withProxy();
    await call(url, 'POST', toxics, '{"type":"latency","name":"l"}');
    const before = (await jsonCall(url, 'GET', `${toxics}/l`)).body;
    for (const change of [
      { toxicity: 0.5, attributes: { latency: 9, jitter: 'x' } },
      { attributes: { jitter: 'x', latency: 9 } },
      { attributes: { latency: 9 }, toxicity: 'x' },
    ]) {
      expect((await jsonCall(url, 'PATCH', `${toxics}/l`, change)).status).toBe(400);
    }
    expect((await jsonCall(url, 'GET', `${toxics}/l`)).body).toEqual(before);
  },

  'attributes beyond ±(2^53 - 1)': async () => {
    const { url } = await withProxy();
    for (const latency of ['9007199254740992', '-9007199254740993', '9223372036854775807']) {
      const reply = await call(url, 'POST', toxics, `{"type":"latency","attributes":{"latency":${latency}}}`);
      expect(reply).toMatchObject({ status: 400, body: expect.stringContaining(`unmarshal number ${latency}`) });
    }
    const most = await call(url, 'POST', toxics, '{"type":"latency","attributes":{"latency":9007199254740991}}');
    expect(most).toMatchObject({ status: 200, body: expect.stringContaining('"latency":9007199254740991') });
  },

  '`listen` without a host': async () => {
    const loopback = await started({ host: 'localhost' });
    for (const [name, given] of Object.entries({ a: '', b: ':0', c: undefined })) {
      const { body } = await jsonCall(loopback.url, 'POST', '/proxies', { name, listen: given, upstream: 'u:1' });
      expect(body.listen).toMatch(/^127\.0\.0\.1:[1-9]/);
    }
    const asked = await jsonCall(loopback.url, 'POST', '/proxies', { name: 'd', listen: '0.0.0.0:0', upstream: 'u:1' });
    const everyInterface = /^(?:\[::\]|0\.0\.0\.0):[1-9]/;
    expect(asked.body.listen).toMatch(everyInterface);
    const everywhere = await started({ host: '0.0.0.0' });
    const { body } = await jsonCall(everywhere.url, 'POST', '/proxies', { name: 'a', listen: ':0', upstream: 'u:1' });
    expect(body.listen).toMatch(everyInterface);
  },

  'names of services as ports': async () => {
    const { url } = await started();
    const reply = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen: '127.0.0.1:http', upstream: 'u:1' });
    expect(reply.body).toEqual({ error: 'listen tcp: lookup tcp/http: unknown port', status: 500 });
  },

  "a host that can't be found": async () => {
    const { url } = await started();
    const reply = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen: 'nowhere.invalid:0', upstream: 'u:1' });
    expect(reply.body).toEqual({ error: 'listen tcp: lookup nowhere.invalid: no such host', status: 500 });
  },

  "POST `/reset` where a proxy can't start": async () => {
    const { url } = await started();
    for (const [name, address] of Object.entries({ a: listen, bad: 'nowhere', z: listen })) {
      await jsonCall(url, 'POST', '/proxies', { name, listen: address, upstream: 'u:1', enabled: false });
      await jsonCall(url, 'POST', `/proxies/${name}/toxics`, { type: 'noop' });
    }
    const error = 'listen tcp: address nowhere: missing port in address';
    expect((await jsonCall(url, 'POST', '/reset')).body).toEqual({ error, status: 500 });
    const { body } = await jsonCall(url, 'GET', '/proxies');
    expect(body).toMatchObject({ a: { enabled: true }, bad: { enabled: false }, z: { enabled: true } });
    for (const name of ['a', 'bad', 'z']) expect(body[name].toxics).toEqual([]);
  },

  'changes that wait for a DELETE of their proxy': async () => {
    const { url } = await withProxy();
    await jsonCall(url, 'PATCH', '/proxies/a', { enabled: false });
    const replies = await Promise.all([
      jsonCall(url, 'DELETE', '/proxies/a'),
      jsonCall(url, 'POST', toxics, { type: 'noop' }),
      jsonCall(url, 'PATCH', '/proxies/a', { enabled: true }),
    ]);
    const statuses = replies.map(({ status }) => status);
    // Each either came before the deletion, or finds nothing.
    expect(statuses[0]).toBe(204);
    for (const status of statuses.slice(1)) expect([200, 404]).toContain(status);
    expect((await jsonCall(url, 'GET', '/proxies')).body).toEqual({});
  },

  'JSON deeper than 1000': async () => {
    const { url } = await started();
    const deep = (depth: number) => call(url, 'POST', '/proxies', `${'['.repeat(depth)}${']'.repeat(depth)}`);
    expect((await deep(1000)).body).toContain('cannot unmarshal array');
    expect((await deep(1001)).body).toContain('exceeded max depth');
    expect((await deep(100_000)).status).toBe(400);
  },

  'size and number of what clients send': async () => {
    const { url } = await started();
    const padded = (bytes: number) => call(url, 'POST', '/populate', `[${' '.repeat(bytes - 2)}]`);
    expect((await padded(defaultLimits.bodyBytes)).status).toBe(201);
    expect((await padded(defaultLimits.bodyBytes + 1)).status).toBe(413);
    const headers = { X: 'x'.repeat(defaultLimits.headerBytes) };
    expect((await call(url, 'GET', '/version', undefined, headers)).status).toBe(431);
  },

  'a request that does not arrive in 15 s': async () => {
    const { url } = await started({ limits: { readMs: 100 } });
    const head = 'POST /reset HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n';
    expect(await rawExchange(url, head)).toMatch(/^HTTP\/1.1 408 /);
    expect(defaultLimits.readMs).toBe(15_000);
  },

  'request lines that node:http does not read': async () => {
    const { url } = await started();
    const answer = (line: string) => rawExchange(url, `${line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`);
    expect(await answer('GET /proxies/\xc3\xa9')).toMatch(/^HTTP\/1.1 400 /);
    expect(await answer('FOO /proxies')).toMatch(/^HTTP\/1.1 400 /);
    expect(await answer('CONNECT a:1')).toMatch(/^HTTP\/1.1 405 /);
  },

  'configuration file missing or wrong': async () => {
    await expect(startToxiproxy({ config: '/nowhere.json' })).rejects.toThrow('/nowhere.json: cannot be read: ENOENT');
    const wrong = new URL('./README.md', import.meta.url).pathname;
    await expect(startToxiproxy({ config: wrong })).rejects.toThrow(/README\.md:1:1: invalid character '#'/);
  },

  'port of the API in use': async () => {
    const { port } = (await listening()).address() as AddressInfo;
    await expect(startToxiproxy({ port })).rejects.toThrow(`127.0.0.1:${port}: address already in use`);
  },

  '`-port`': async () => {
    expect(() => parseFlags(['-port', 'http'])).toThrow('-port http: not a port');
    const lines: string[] = [];
    const { url } = await started({ port: 0, log: createLog('info', { write: (line) => lines.push(line) }) });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ address: new URL(url).host });
  },

  '`-seed`': async () => {
    const passed = async (seed: bigint) => {
      const { url } = await started({ seed });
      const { port } = (await listening((socket) => socket.end('x'))).address() as AddressInfo;
      const { body } = await jsonCall(url, 'POST', '/proxies', { name: 'p', listen, upstream: `127.0.0.1:${port}` });
      const half = { type: 'limit_data', toxicity: 0.5, attributes: { bytes: 0 } };
      await jsonCall(url, 'POST', '/proxies/p/toxics', half);
      const seen: string[] = [];
      for (let i = 0; i < 12; i += 1) seen.push(await rawExchange(`http://${body.listen}`, ''));
      return seen;
    };
    const once = await passed(7n);
    expect(await passed(7n)).toEqual(once);
    expect(new Set(once)).toEqual(new Set(['x', '']));
    expect(seededRandom(7n, 'p')()).not.toBe(seededRandom(8n, 'p')());
  },

  'arguments that are no flags': () => {
    expect(() => parseFlags(['serve', '-port', '1'])).toThrow('serve: no such flag');
  },

  'log lines': async () => {
    const lines: string[] = [];
    const { url } = await started({ log: createLog('trace', { write: (line) => lines.push(line) }) });
    await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream: 'u:1' });
    const entries = lines.map((line) => JSON.parse(line));
    expect(entries.map((entry) => entry.message ?? entry.handler)).toEqual([
      'Starting Toxiproxy',
      'Starting Toxiproxy HTTP server',
      'Started proxy',
      'ProxyCreate',
    ]);
    for (const entry of entries) expect(entry.caller).toBeUndefined();
  },

  '`/metrics`': async () => {
    const { url, address } = await withProxy();
    expect((await call(url, 'GET', '/metrics')).body).not.toContain('promhttp');
    const client = connect(Number(address.split(':')[1]), '127.0.0.1');
    client.end('x');
    await once(client.resume(), 'close');
    await expect
      .poll(async () => (await call(url, 'GET', '/metrics')).body, { timeout: 10_000 })
      .toContain('# HELP toxiproxy_proxy_sent_bytes_total Bytes sent by links that have ended.\n');
    const runtime = await started({ runtimeMetrics: true });
    expect((await call(runtime.url, 'GET', '/metrics')).body).toContain('nodejs_version_info');
  },
};

describe('differences from the original', () => {
  const readme = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
  const [, section = ''] = readme.split('## Differences from the original\n');
  const table = (section.split('\n## ')[0] ?? '').matchAll(/^\| (.+?) \|/gm);
  const listed = Array.from(table, ([, cell]) => cell).slice(1);

  it('are listed in README, each with a test', () => {
    expect(listed.toSorted()).toEqual(Object.keys(rows).toSorted());
  });

  it.each(Object.entries(rows))('%s', (_, test) => test());
});
