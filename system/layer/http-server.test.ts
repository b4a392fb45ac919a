import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpServer, type LayerServer } from './http-server.ts';
import { createLogger } from './logger.ts';
import { ProblemError, validate } from './problem.ts';

let app: LayerServer;
afterEach(() => app.close());
const authorization = 'Bearer secret';

function make(): LayerServer {
  const log = createLogger('test', 'silent');
  const links = () => ({ gateway: { reachable: false } });
  app = createHttpServer({
    layer: 'test',
    version: '1',
    log,
    registry: new Registry(),
    token: 'secret',
    links,
    details: () => ({ skills: 2 }),
  });
  app.post('/v1/things/:id', async (request) => validate(z.object({ size: z.number() }), request.body, 'body'));
  app.get('/v1/gone', async () => {
    throw new ProblemError(410, 'TEST_GONE', 'it is gone');
  });
  app.get('/v1/broken', async () => {
    throw new TypeError('inner secret');
  });
  return app;
}

describe('open routes', () => {
  it('tells health with its links, whether ready or not', async () => {
    const health = await make().inject('/health');
    expect(health.statusCode).toBe(200);
    expect(health.json()).toMatchObject({
      status: 'ok',
      layer: 'test',
      version: '1',
      skills: 2,
      links: { gateway: { reachable: false } },
    });
    expect(health.json().uptimeSeconds).toBeGreaterThan(0);
  });

  it('is ready only when told so, and not while closing', async () => {
    make();
    let base = '';
    let draining = 0;
    app.addHook('preClose', async () => {
      draining = (await fetch(`${base}/ready`)).status;
    });
    base = await app.listen({ port: 0 });
    expect((await fetch(`${base}/ready`)).status).toBe(503);
    app.setReady(true);
    expect((await fetch(`${base}/ready`)).status).toBe(200);
    await app.close();
    expect(draining).toBe(503);
  });

  it('serves metrics with request durations by route template', async () => {
    make();
    await app.inject({ method: 'POST', url: '/v1/things/17', headers: { authorization }, payload: { size: 1 } });
    const { body, headers } = await app.inject('/metrics');
    expect(headers['content-type']).toMatch(/^text\/plain; version=0.0.4/);
    expect(body).toMatch(
      /http_server_request_duration_seconds_count\{http_request_method="POST",http_route="\/v1\/things\/:id",http_response_status_code="200"\} 1/,
    );
    expect(body).toMatch(/openclaw_build_info\{layer="test",version="1"\} 1/);
  });
});

describe('closing', () => {
  it('waits for answers in the making, but not for connections on which nothing was asked', async () => {
    make();
    let answer: (() => void) | undefined;
    app.get('/v1/slow', (_request, reply) => {
      answer = () => reply.send({ late: true });
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const stored = connect(port, '127.0.0.1');
    const storedClosed = once(stored, 'close');
    await once(stored, 'connect');
    const slow = fetch(`http://127.0.0.1:${port}/v1/slow`, { headers: { authorization } });
    await expect.poll(() => answer).toBeDefined();
    const started = performance.now();
    const closed = app.close();
    await storedClosed;
    answer?.();
    const response = await slow;
    expect([await response.json(), response.headers.get('connection')]).toEqual([{ late: true }, 'close']);
    await closed;
    // Far below the 5 s after which what is left would be cut.
    expect(performance.now() - started).toBeLessThan(3000);
  });
});

describe('problems', () => {
  it.each<[string, InjectOptions, number, RegExp]>([
    ['no token', { url: '/v1/gone' }, 401, /Authorization/],
    ['a wrong token', { url: '/v1/gone', headers: { authorization: 'Bearer secreT' } }, 401, /OPENCLAW_TOKEN/],
    ['another scheme', { url: '/v1/gone', headers: { authorization: 'Basic secret' } }, 401, /Bearer/],
    ['an unknown route without a token', { url: '/v1/none' }, 401, /Bearer/],
    ['an unknown route', { url: '/v1/none?x=1', headers: { authorization } }, 404, /GET \/v1\/none"/],
    ['a problem of the route', { url: '/v1/gone', headers: { authorization } }, 410, /TEST_GONE/],
    [
      'a wrong field',
      { method: 'POST', url: '/v1/things/1', headers: { authorization }, payload: { size: 'x' } },
      400,
      /body\.size/,
    ],
    ['a missing body', { method: 'POST', url: '/v1/things/1', headers: { authorization } }, 400, /body/],
    [
      'broken JSON',
      {
        method: 'POST',
        url: '/v1/things/1',
        headers: { authorization, 'content-type': 'application/json' },
        payload: '{',
      },
      400,
      /JSON/,
    ],
    [
      'another media type',
      { method: 'POST', url: '/v1/things/1', headers: { authorization, 'content-type': 'text/xml' }, payload: '<a/>' },
      415,
      /Media/,
    ],
    [
      'a body over the limit',
      { method: 'POST', url: '/v1/things/1', headers: { authorization }, payload: { size: 'x'.repeat(1024 * 1024) } },
      413,
      /large/,
    ],
    ['our own fault, without its details', { url: '/v1/broken', headers: { authorization } }, 500, /OPENCLAW_INTERNAL/],
  ])('answers %s with a problem', async (_what, request, status, text) => {
    const response = await make().inject(request);
    expect(response.statusCode).toBe(status);
    expect(response.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(response.json().status).toBe(status);
    expect(response.body).toMatch(text);
    expect(response.body).not.toContain('inner secret');
  });
});
