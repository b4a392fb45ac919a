import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { call, rawExchange, started } from './server.fixture.ts';

describe('what the router answers', () => {
  it.each([
    ['OPTIONS', '*', 200, undefined, ''],
    ['GET', '/proxies/%zz', 400, 'text/plain; charset=utf-8', '400 Bad Request'],
    ['GET', '/proxies/%ff', 404, 'text/plain; charset=utf-8', '{"error":"proxy not found","status":404}\n'],
  ])('%s %s: %i', async (method, path, status, type, body) => {
    const { url } = await started();
    expect(await call(url, method, path)).toMatchObject({ status, type, body });
  });

  it('redirects a path that is not clean', async () => {
    const { url } = await started();
    expect(await call(url, 'GET', '//version?x')).toMatchObject({ status: 301, location: '/version?x', body: '' });
  });

  it('gives endpoints a request id', async () => {
    const { url } = await started();
    const ids = await Promise.all([1, 2].map(async () => (await call(url, 'GET', '/version')).requestId));
    expect(new Set(ids).size).toBe(2);
    expect((await call(url, 'GET', '/nope')).requestId).toBeUndefined();
  });

  it('answers CONNECT and broken requests, and goes on', async () => {
    const { url } = await started();
    expect(await rawExchange(url, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 405 /);
    expect(await rawExchange(url, 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400 [\s\S]*400 Bad Request$/);
    expect(await rawExchange(url, 'GET / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect((await call(url, 'GET', '/version')).status).toBe(200);
  });
});

describe('limits', () => {
  it('refuses a long body, and lets the client write it to its end', async () => {
    const { url } = await started({ limits: { bodyBytes: 1000 } });
    const fits = await call(url, 'POST', '/populate', `[${' '.repeat(998)}]`);
    expect(fits.status).toBe(201);
    const reply = await call(url, 'POST', '/populate', `[${' '.repeat(4_000_000)}]`);
    expect(reply.status).toBe(413);
    expect(reply.body).toBe('{"error":"request body too large: at most 1000 bytes","status":413}\n');
  });

  it('refuses long headers', async () => {
    const { url } = await started({ limits: { headerBytes: 1000 } });
    const answer = await rawExchange(url, `GET /version HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  it('ends a request that does not arrive', async () => {
    const { url } = await started({ limits: { readMs: 200 } });
    const answers = await Promise.all([
      rawExchange(url, 'GET /version HTTP/1.1\r\n'),
      rawExchange(url, 'POST /reset HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n'),
    ]);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('answers 503 for what takes too long', async () => {
    const { url } = await started({ limits: { answerMs: 200 } });
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write('POST /reset HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    expect(answer.toString()).toMatch(/^HTTP\/1.1 503 [\s\S]*text\/html[\s\S]*<h1>Timeout<\/h1>/);
  });

  it('closes connections beyond its number', async () => {
    const { url } = await started({ limits: { apiConnections: 2 } });
    const port = Number(new URL(url).port);
    const held = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(held.map((socket) => once(socket, 'connect')));
    // The server has seen both once it has answered on the second.
    held[1]?.write('GET /version HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(held[1] as NodeJS.EventEmitter, 'data');
    expect(await rawExchange(url, 'GET /version HTTP/1.1\r\nHost: a\r\n\r\n')).toBe('');
    for (const socket of held) socket.destroy();
    await expect
      .poll(() => call(url, 'GET', '/version').catch(() => undefined), { timeout: 10_000 })
      .toMatchObject({ status: 200 });
  });

  it('has a number of proxies and of toxics', async () => {
    const { url } = await started({ limits: { proxies: 1, toxicsPerProxy: 1 } });
    const create = (name: string) =>
      call(url, 'POST', '/proxies', `{"name":"${name}","listen":"127.0.0.1:0","upstream":"u:1"}`);
    const add = (name: string) => call(url, 'POST', '/proxies/a/toxics', `{"type":"noop","name":"${name}"}`);
    expect((await create('a')).status).toBe(201);
    expect(await create('b')).toMatchObject({ status: 400, body: expect.stringContaining('at most 1') });
    expect((await add('t')).status).toBe(200);
    expect(await add('u')).toMatchObject({ status: 400, body: expect.stringContaining('at most 1') });
    expect(await add('t')).toMatchObject({ status: 409 });
  });
});
