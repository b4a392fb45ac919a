import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, jsonCall, started } from './server.fixture.ts';

const listen = '127.0.0.1:0';
const upstream = '127.0.0.1:9';
const bound = expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/);

/** A port that is taken as long as the test lasts. */
async function takenAddress(): Promise<string> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
}

async function accepts(address: string): Promise<boolean> {
  const socket = connect(Number(address.split(':').at(-1)), '127.0.0.1');
  const outcome = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return outcome;
}

describe('proxies', () => {
  it('are created, shown, listed, changed and deleted', async () => {
    const { url } = await started();
    const created = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream });
    expect(created).toEqual({ status: 201, body: { name: 'a', listen: bound, upstream, enabled: true, toxics: [] } });
    expect(await jsonCall(url, 'GET', '/proxies/a')).toEqual({ status: 200, body: created.body });
    expect(await jsonCall(url, 'GET', '/proxies')).toEqual({ status: 200, body: { a: created.body } });

    const changed = await jsonCall(url, 'PATCH', '/proxies/a', { name: 'b', upstream: '127.0.0.1:10', enabled: false });
    expect(changed.body).toEqual({ ...created.body, upstream: '127.0.0.1:10', enabled: false });
    expect(await accepts(created.body.listen)).toBe(false);
    await jsonCall(url, 'POST', '/proxies/a', { enabled: true });
    expect(await accepts(created.body.listen)).toBe(true);

    expect(await jsonCall(url, 'DELETE', '/proxies/a')).toEqual({ status: 204, body: undefined });
    expect(await accepts(created.body.listen)).toBe(false);
    expect((await jsonCall(url, 'GET', '/proxies/a')).status).toBe(404);
  });

  it('have names of any characters, which paths escape', async () => {
    const { url } = await started();
    for (const name of ['a b', 'é😀', '100%', '<&>"\\', '1', '__proto__', 'constructor', '?', '\u0000']) {
      await jsonCall(url, 'POST', '/proxies', { name, listen, upstream });
      const path = `/proxies/${encodeURIComponent(name)}`;
      expect((await jsonCall(url, 'GET', path)).body.name).toBe(name);
      expect((await jsonCall(url, 'POST', `${path}/toxics`, { type: 'noop', name })).body.name).toBe(name);
      expect((await jsonCall(url, 'DELETE', `${path}/toxics/${encodeURIComponent(name)}`)).status).toBe(204);
    }
    const names = Object.keys((await jsonCall(url, 'GET', '/proxies')).body);
    expect(names).toContain('constructor');
    expect((await call(url, 'GET', '/proxies')).body).toContain('"__proto__":{"name":"__proto__"');
  });

  it('of a name that is taken are refused, also if both are asked for at once', async () => {
    const { url } = await started();
    const proxy = { name: 'a', listen, upstream };
    const replies = await Promise.all([1, 2, 3].map(() => jsonCall(url, 'POST', '/proxies', proxy)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it('that cannot listen are a 500, and not there', async () => {
    const { url } = await started();
    const taken = await takenAddress();
    const reply = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen: taken, upstream });
    const error = `listen tcp ${taken}: bind: address already in use`;
    expect(reply).toEqual({ status: 500, body: { error, status: 500 } });
    expect((await jsonCall(url, 'GET', '/proxies')).body).toEqual({});
  });

  it('moved to an address that cannot be had are left there, disabled', async () => {
    const { url } = await started();
    await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream });
    const taken = await takenAddress();
    expect((await jsonCall(url, 'PATCH', '/proxies/a', { listen: taken })).status).toBe(500);
    expect((await jsonCall(url, 'GET', '/proxies/a')).body).toMatchObject({ listen: taken, enabled: false });
    expect((await jsonCall(url, 'PATCH', '/proxies/a', { listen, enabled: true })).body.enabled).toBe(true);
  });

  it('are changed by nothing after they were deleted', async () => {
    const { url } = await started();
    const { body } = await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream, enabled: false });
    const [deletion, ...changes] = await Promise.all([
      jsonCall(url, 'DELETE', '/proxies/a'),
      ...[1, 2, 3].map(() => jsonCall(url, 'PATCH', '/proxies/a', { enabled: true })),
    ]);
    expect(deletion.status).toBe(204);
    for (const { status } of changes) expect([200, 404]).toContain(status);
    expect(await accepts(body.listen)).toBe(false);
  });
});

describe('populate', () => {
  it('adds, leaves and replaces', async () => {
    const { url } = await started();
    const first = await jsonCall(url, 'POST', '/populate', [
      { name: 'same', listen, upstream },
      { name: 'other', listen, upstream },
    ]);
    const [same] = first.body.proxies;
    for (const name of ['same', 'other']) await jsonCall(url, 'POST', `/proxies/${name}/toxics`, { type: 'noop' });
    const second = await jsonCall(url, 'POST', '/populate', [
      { name: 'same', listen: same.listen.replace('127.0.0.1', 'localhost'), upstream, enabled: false },
      { name: 'other', listen, upstream: '127.0.0.1:10' },
      { name: 'new', listen, upstream, enabled: false },
    ]);
    expect(second.status).toBe(201);
    expect(second.body.proxies).toEqual([
      { ...same, toxics: [expect.objectContaining({ name: 'noop_downstream' })] },
      { name: 'other', listen: bound, upstream: '127.0.0.1:10', enabled: true, toxics: [] },
      { name: 'new', listen, upstream, enabled: false, toxics: [] },
    ]);
  });

  it('checks names before it begins, and keeps what was done before a failure', async () => {
    const { url } = await started();
    const refused = await jsonCall(url, 'POST', '/populate', [{ name: 'a', listen, upstream }, { name: 'b' }]);
    expect(refused).toEqual({
      status: 400,
      body: { error: 'missing required field: upstream at proxy 2', status: 400, proxies: null },
    });
    const failed = await call(
      url,
      'POST',
      '/populate',
      JSON.stringify([
        { name: 'a', listen, upstream },
        { name: 'b', listen: 'nowhere', upstream },
        { name: 'c', listen, upstream },
      ]),
    );
    expect(failed).toMatchObject({ status: 500, type: 'application/json' });
    expect(JSON.parse(failed.body)).toEqual({
      error: 'listen tcp: address nowhere: missing port in address',
      status: 500,
      proxies: [expect.objectContaining({ name: 'a' })],
    });
    expect(Object.keys((await jsonCall(url, 'GET', '/proxies')).body)).toEqual(['a']);
  });

  it('of nothing gives null', async () => {
    const { url } = await started();
    expect((await call(url, 'POST', '/populate', '[]')).body).toBe('{"proxies":null}');
  });
});

describe('toxics', () => {
  it('are created, shown, listed upstream first, changed and deleted', async () => {
    const { url } = await started();
    await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream });
    const path = '/proxies/a/toxics';
    const down = {
      name: 'd',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
      attributes: { latency: 5, jitter: 0 },
    };
    const sent = { name: 'd', type: 'latency', attributes: { latency: 5 } };
    expect(await jsonCall(url, 'POST', path, sent)).toEqual({ status: 200, body: down });
    const up = (await jsonCall(url, 'POST', path, { type: 'noop', stream: 'UPSTREAM' })).body;
    expect(up).toMatchObject({ name: 'noop_UPSTREAM', stream: 'UPSTREAM' });
    expect((await jsonCall(url, 'GET', path)).body).toEqual([up, down]);
    expect((await jsonCall(url, 'GET', '/proxies/a')).body.toxics).toEqual([up, down]);

    const changed = { ...down, toxicity: 0.5, attributes: { latency: 5, jitter: 2 } };
    const change = { toxicity: 0.5, attributes: { jitter: 2 }, name: 'x', stream: 'upstream' };
    expect(await jsonCall(url, 'PATCH', `${path}/d`, change)).toEqual({ status: 200, body: changed });
    expect(await jsonCall(url, 'GET', `${path}/d`)).toEqual({ status: 200, body: changed });
    expect((await jsonCall(url, 'DELETE', `${path}/d`)).status).toBe(204);
    expect(await jsonCall(url, 'GET', `${path}/d`)).toEqual({
      status: 404,
      body: { error: 'toxic not found', status: 404 },
    });
  });

  it('of one name are not created twice, also if asked for at once', async () => {
    const { url } = await started();
    await jsonCall(url, 'POST', '/proxies', { name: 'a', listen, upstream });
    const calls = ['upstream', 'downstream', 'upstream'].map((stream) =>
      jsonCall(url, 'POST', '/proxies/a/toxics', { type: 'noop', name: 't', stream }),
    );
    const replies = await Promise.all(calls);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

describe('reset', () => {
  it('enables every proxy and removes every toxic', async () => {
    const { url } = await started();
    for (const name of ['a', 'b']) {
      await jsonCall(url, 'POST', '/proxies', { name, listen, upstream, enabled: name === 'a' });
      await jsonCall(url, 'POST', `/proxies/${name}/toxics`, { type: 'noop' });
    }
    expect((await jsonCall(url, 'POST', '/reset')).status).toBe(204);
    const { body } = await jsonCall(url, 'GET', '/proxies');
    for (const name of ['a', 'b']) expect(body[name]).toMatchObject({ enabled: true, toxics: [], listen: bound });
  });
});
