import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { InjectOptions } from 'fastify';
import { Registry } from 'prom-client';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { instrument } from '../../metrics/instrument.ts';
import { createHttpServer, type HttpServerOptions, type LayerServer } from './http-server.ts';
import { createLogger } from './logger.ts';
import { ProblemError, validate } from './problem.ts';
import { openTokens } from './tokens.ts';

let app: LayerServer;
const home = mkdtempSync(join(tmpdir(), 'openclaw-http-'));
mkdirSync(join(home, 'state', 'tokens'), { recursive: true });
writeFileSync(join(home, 'state', 'tokens', 'phone'), 'of-the-phone');
afterEach(() => {
  vi.useRealTimers();
  return app.close();
});
afterAll(() => rmSync(home, { recursive: true }));
const authorization = 'Bearer secret';

function make(more: Partial<HttpServerOptions> = {}): LayerServer {
  const log = createLogger('test', 'silent');
  const registry = new Registry();
  const tokens = openTokens({ home, host: '127.0.0.1', token: 'secret' }, 'test', registry);
  const links = () => ({ gateway: { reachable: false } });
  app = createHttpServer({
    layer: 'test',
    version: '1',
    log,
    registry,
    tokens,
    links,
    details: () => ({ skills: 2 }),
    ...more,
  });
  app.get('/v1/who', async (request) => ({ owner: request.owner }));
  app.get('/v1/layers', { config: { ownerOnly: true } }, async (request) => ({ owner: request.owner }));
  app.get('/v1/busy', async () => {
    throw new ProblemError(503, 'TEST_BUSY', 'come back', [], 2.1);
  });
  app.get('/v1/away', async () => {
    throw new ProblemError(503, 'TEST_AWAY', 'come back');
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

  it('sets what is only worth knowing when somebody looks, then, and not for other requests', async () => {
    let looks = 0;
    const registry = new Registry();
    const onScrape = () => instrument(registry, 'openclaw_session_undelivered').set(++looks);
    make({ registry, onScrape });
    await app.inject('/health');
    expect((await app.inject('/metrics')).body).toContain('\nopenclaw_session_undelivered 1\n');
    expect((await app.inject('/metrics')).body).toContain('\nopenclaw_session_undelivered 2\n');
  });

  it('names a layer once, with the zeros of its counters', async () => {
    make({ layer: 'session' });
    const { body } = await app.inject('/metrics');
    expect(body).toContain('openclaw_session_rejections_total{reason="unauthorized"} 0');
    expect(body).toContain('openclaw_degraded{layer="session"} 0');
    expect(body).not.toContain('openclaw_gateway_messages_total');
  });
});

describe('degraded', () => {
  it('is told with its reasons while there are any, and is still healthy', async () => {
    const reasons: string[] = [];
    make({ degraded: () => reasons });
    expect((await app.inject('/health')).json()).toMatchObject({ status: 'ok', degraded: [] });
    reasons.push('status files cannot be written');
    const health = await app.inject('/health');
    expect([health.statusCode, health.json()]).toMatchObject([200, { status: 'degraded', degraded: reasons }]);
  });
});

describe('tokens', () => {
  const as = (token: string, url: string) => app.inject({ url, headers: { authorization: `Bearer ${token}` } });

  it('tell routes who asks', async () => {
    make();
    expect((await as('secret', '/v1/who')).json()).toEqual({ owner: 'owner' });
    expect((await as('of-the-phone', '/v1/who')).json()).toEqual({ owner: 'phone' });
  });

  it('keep from the routes of the layers who has another than the main one', async () => {
    make();
    expect((await as('secret', '/v1/layers')).json()).toEqual({ owner: 'owner' });
    const refused = await as('of-the-phone', '/v1/layers');
    expect([refused.statusCode, refused.json().code]).toEqual([403, 'OPENCLAW_OWNER_ONLY']);
  });

  it('are asked for as RFC 6750 says, and an address that guesses has to wait', async () => {
    make();
    expect((await app.inject('/v1/who')).headers['www-authenticate']).toBe('Bearer realm="openclaw"');
    for (let n = 0; n < 10; n += 1) expect((await as(`guess ${n}`, '/v1/who')).statusCode).toBe(401);
    const limited = await as('secret', '/v1/who');
    expect([limited.statusCode, limited.headers['retry-after']]).toEqual([429, '1']);
    expect((await app.inject('/health')).statusCode).toBe(200);
    expect((await app.inject('/metrics')).body).toContain('openclaw_auth_failures_total{layer="test"} 11');
  });
});

describe('limits', () => {
  it('says when to come back, in whole seconds', async () => {
    make();
    const headers = { authorization };
    expect((await app.inject({ url: '/v1/busy', headers })).headers['retry-after']).toBe('3');
    expect((await app.inject({ url: '/v1/away', headers })).headers['retry-after']).toBe('1');
  });

  it('refuses connections beyond its number of them, and those that are there go on', async () => {
    make({ maxConnections: 2 });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const sockets = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    await expect(fetch(`http://127.0.0.1:${port}/health`)).rejects.toThrow();
    sockets[0]?.write('GET /health HTTP/1.1\r\nhost: x\r\n\r\n');
    const [chunk] = await once(sockets[0] as Socket, 'data');
    expect(String(chunk)).toMatch(/^HTTP\/1.1 200 /);
    for (const socket of sockets) socket.destroy();
  });
});

describe('clients that do not speak', () => {
  const listening = async () => {
    make();
    await app.listen({ port: 0, host: '127.0.0.1' });
    return connect((app.server.address() as AddressInfo).port, '127.0.0.1');
  };

  it.each([
    ['garbage', 'garbage\r\n\r\n', 400],
    ['endless headers', `GET /health HTTP/1.1\r\nx: ${'x'.repeat(20_000)}`, 431],
  ])('are answered with a problem: %s', async (_what, bytes, status) => {
    const socket = await listening();
    socket.write(bytes);
    const answer = await text(socket);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*application/problem\\+json`, 's'));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code: 'OPENCLAW_BAD_REQUEST' });
  });

  it('are cut when a request does not get whole, or none comes', async () => {
    const half = await listening();
    app.server.headersTimeout = 200;
    app.server.requestTimeout = 200;
    const { port } = app.server.address() as AddressInfo;
    const [mute, halfBody] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    half.write('GET /health HT');
    halfBody.write(
      `POST /v1/things/1 HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\ncontent-type: application/json\r\ncontent-length: 5\r\n\r\n{`,
    );
    const answers = await Promise.all([half, mute, halfBody].map((socket) => text(socket)));
    expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['408', '408', '408']);
  });
});

describe('closing', () => {
  it('waits for answers in the making, but not for connections on which nothing was asked yet', async () => {
    make();
    let answer: (() => void) | undefined;
    app.get('/v1/slow', (_request, reply) => {
      answer = () => reply.send({ late: true });
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const [mute, half] = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1')];
    const silentClosed = Promise.all([once(mute, 'close'), once(half, 'close')]);
    await Promise.all([once(mute, 'connect'), once(half, 'connect')]);
    half.on('error', () => {}).write('GET /health HT');
    const slow = fetch(`http://127.0.0.1:${port}/v1/slow`, { headers: { authorization } });
    await expect.poll(() => answer).toBeDefined();
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const closed = app.close();
    await silentClosed;
    answer?.();
    const response = await slow;
    expect([await response.json(), response.headers.get('connection')]).toEqual([{ late: true }, 'close']);
    await closed;
  });
});

describe('closing in spite of its clients', () => {
  it('cuts after a while who neither gets an answer nor takes one', async () => {
    make();
    const open = { config: { open: true } };
    let asked = 0;
    app.get('/v1/never', open, () => {
      asked += 1;
    });
    app.get('/v1/large', open, async () => {
      asked += 1;
      return 'x'.repeat(50_000_000);
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const sockets = ['/v1/never', '/v1/large'].map((path) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`);
      return socket.pause();
    });
    await expect.poll(() => asked, { timeout: 10_000 }).toBe(2);
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const closed = app.close().then(() => true);
    expect(await Promise.race([closed, turns(100)])).toBe(false);
    vi.advanceTimersByTime(3000);
    expect(await closed).toBe(true);
    for (const socket of sockets) socket.destroy();
  });
});

/** False, after so many turns of the event loop. */
async function turns(count: number): Promise<false> {
  for (let turn = 0; turn < count; turn += 1) await new Promise(setImmediate);
  return false;
}

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
