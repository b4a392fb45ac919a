import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silent } from '../log.ts';
import { ApiError } from './api-error.ts';
import { Listener } from './listener.ts';
import { success } from './reply.ts';
import { get, getOrPost } from './route.ts';

let listener: Listener;
let port: number;
beforeEach(async () => {
  listener = new Listener(silent);
  ({ port } = await listener.listen({ host: '127.0.0.1', port: 0 }));
});
afterEach(() => listener.close());

const routes = [
  getOrPost('/api/v1/echo', ({ form }) => success(JSON.stringify(form.all('a')))),
  get('/api/v1/label/*/values', ({ part }) => success(JSON.stringify(part))),
  get('/api/v1/bad', () => {
    throw new ApiError('execution', 'no');
  }),
  get('/api/v1/broken', () => Promise.reject(new TypeError('inner'))),
];

async function ask(path: string, init: RequestInit = {}): Promise<{ status: number; headers: Headers; body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'manual', ...init });
  return { status: response.status, headers: response.headers, body: await response.text() };
}

describe('before it is ready', () => {
  it('is healthy, and nothing else', async () => {
    expect(await ask('/-/healthy')).toMatchObject({ status: 200, body: 'Prometheus Server is Healthy.\n' });
    const { status, headers, body } = await ask('/-/ready');
    expect([status, headers.get('x-prometheus-stopping'), body]).toEqual([503, 'false', 'Service Unavailable']);
  });

  it('says who has its address', async () => {
    const second = new Listener(silent);
    await expect(second.listen({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'PROMETHEUS_LISTEN',
      message: `listen tcp 127.0.0.1:${port}: bind: address already in use`,
    });
    await second.close();
  });
});

describe('a request', () => {
  beforeEach(() => listener.serve(routes));

  it('finds its route, with its parameters', async () => {
    expect((await ask('/api/v1/echo?a=1&a=2')).body).toBe('{"status":"success","data":["1","2"]}');
    expect((await ask('/api/v1/echo?a=1?b')).body).toBe('{"status":"success","data":["1?b"]}');
    const post = { method: 'POST', body: new URLSearchParams({ a: 'x' }) };
    expect((await ask('/api/v1/echo?a=1', post)).body).toBe('{"status":"success","data":["x","1"]}');
    expect((await ask('/api/v1/label/a%20b/values')).body).toBe('{"status":"success","data":"a%20b"}');
  });

  it.each([
    '/',
    '/api/v1/nope',
    '/api/v1/echo/',
    '/api/v1/label//values',
    '/api/v1/label/a/b/values',
    '/api/v1/label/values',
  ])('for %s is answered with 404', async (path) => {
    expect(await ask(path)).toMatchObject({ status: 404, body: '404 page not found\n' });
  });

  it('with another method is answered with 405 and those that there are', async () => {
    const { status, headers, body } = await ask('/api/v1/echo', { method: 'DELETE' });
    expect([status, headers.get('allow'), body]).toEqual([405, 'GET, OPTIONS, POST', 'Method Not Allowed\n']);
    expect((await ask('/api/v1/echo', { method: 'OPTIONS' })).status).toBe(204);
    expect(await ask('/-/healthy', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('that fails is answered with its error, whoever is to blame', async () => {
    expect(await ask('/api/v1/bad')).toMatchObject({
      status: 422,
      body: '{"status":"error","errorType":"execution","error":"no"}',
    });
    expect(await ask('/api/v1/broken')).toMatchObject({
      status: 500,
      body: '{"status":"error","errorType":"internal","error":"inner"}',
    });
  });

  it('whose body is no form is refused', async () => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"up"}' };
    const { status, body } = await ask('/api/v1/echo', post);
    expect([status, JSON.parse(body).errorType]).toEqual([400, 'bad_data']);
    expect(body).toMatch(/application\/x-www-form-urlencoded/);
  });

  it('whose body is too large is refused', async () => {
    const post = { method: 'POST', body: new URLSearchParams({ a: 'x'.repeat(1024 * 1024) }) };
    expect(await ask('/api/v1/echo', post)).toMatchObject({
      status: 413,
      body: expect.stringMatching(/1048576 bytes/),
    });
    expect((await ask('/api/v1/echo?a=1')).status).toBe(200);
  });

  it('whose URL is too long is refused', async () => {
    expect((await ask(`/api/v1/echo?a=${'x'.repeat(1024 * 1024)}`)).status).toBe(431);
    expect((await ask('/api/v1/echo?a=1')).status).toBe(200);
  });

  it('that is no HTTP ends its connection, and nothing else', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => socket.write('hello\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', reject).on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect((await ask('/api/v1/echo?a=1')).status).toBe(200);
  });

  it('that is under way is finished when the listener closes', async () => {
    const late = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    listener.serve([
      get('/api/v1/slow', async () => {
        begun.resolve();
        await late.promise;
        return success('1');
      }),
    ]);
    const answer = ask('/api/v1/slow');
    await begun.promise;
    const closed = listener.close(20_000);
    late.resolve();
    expect((await answer).status).toBe(200);
    await closed;
  });
});
