import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpServer, type LayerServer } from './http-server.ts';
import { createLogger } from './logger.ts';
import { startSpan, traceparentOf } from './spans.ts';
import { openTokens } from './tokens.ts';
import { RecordedSpans } from './tracing/recorded-spans.fixture.ts';

const home = mkdtempSync(join(tmpdir(), 'openclaw-http-spans-'));
const recorded = new RecordedSpans();
const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
let app: LayerServer;
let base: string;

beforeEach(async () => {
  const registry = new Registry();
  const tokens = openTokens({ home, host: '127.0.0.1', token: 'secret' }, 'session', registry);
  const log = createLogger('session', 'silent');
  app = createHttpServer({ layer: 'session', version: '1', log, registry, tokens, links: () => ({}) });
  app.get('/v1/things/:id', async () => ({ within: traceparentOf() }));
  app.post('/v1/things', async () => {
    await new Promise((resolve) => setImmediate(resolve));
    startSpan('inner').end();
    return {};
  });
  app.get('/v1/broken', async () => {
    throw new Error('broken');
  });
  app.get('/v1/slow', () => new Promise(() => {}));
  app.get('/v1/poll', { config: { traced: false } }, async () => ({}));
  app.get('/v1/stream', { config: { stream: true } }, async () => ({}));
  base = await app.listen({ host: '127.0.0.1', port: 0 });
  recorded.reset();
});
afterEach(() => app.close());
afterAll(async () => {
  rmSync(home, { recursive: true });
  await recorded[Symbol.asyncDispose]();
});

const ask = (path: string, { headers, ...init }: RequestInit = {}) =>
  fetch(`${base}${path}`, { ...init, headers: { authorization: 'Bearer secret', ...headers } });
const ended = (count = 1) => expect.poll(() => recorded.all).toHaveLength(count);

describe('a request', () => {
  it('has a span by the conventions, part of the trace that it came with, and active in the handler', async () => {
    const answer = await ask('/v1/things/4711?secret=1', { headers: { traceparent } });
    await ended();
    const [span] = recorded.named('GET /v1/things/:id');
    expect(span?.kind).toBe(SpanKind.SERVER);
    expect(span?.spanContext().traceId).toBe(traceId);
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(await answer.json()).toEqual({ within: `00-${traceId}-${span?.spanContext().spanId}-01` });
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/things/:id',
      'http.response.status_code': 200,
      'url.path': '/v1/things/4711',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': Number(new URL(base).port),
      'network.peer.address': '127.0.0.1',
    });
  });

  it('keeps its span active after its body was read', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(200_000) });
    await ask('/v1/things', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    await ended(2);
    const [outer] = recorded.named('POST /v1/things');
    expect(recorded.named('inner')[0]?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it.each([
    ['zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['upper case', traceparent.toUpperCase()],
    ['version ff', `ff${traceparent.slice(2)}`],
    ['too short', traceparent.slice(0, -1)],
    ['10 kB', traceparent + '0'.repeat(10_000)],
  ])('is a trace of its own where its traceparent is malformed: %s', async (_what, malformed) => {
    expect((await ask('/v1/things/1', { headers: { traceparent: malformed } })).status).toBe(200);
    await ended();
    expect(recorded.all[0]?.parentSpanContext).toBeUndefined();
    expect(recorded.all[0]?.spanContext().traceId).not.toBe(traceId);
  });

  it('is an error of the server from 500 up, not below, and not where its client went away', async () => {
    await ask('/v1/nowhere');
    await ask('/v1/broken');
    await expect(ask('/v1/slow', { signal: AbortSignal.timeout(100) })).rejects.toThrow();
    await ended(3);
    const brief = recorded.all.map(({ name, status, attributes }) => [
      name,
      status.code,
      attributes['http.response.status_code'],
      attributes['error.type'],
    ]);
    expect(brief).toEqual([
      ['GET', SpanStatusCode.UNSET, 404, undefined],
      ['GET /v1/broken', SpanStatusCode.ERROR, 500, '500'],
      ['GET /v1/slow', SpanStatusCode.UNSET, undefined, 'client_gone'],
    ]);
  });

  it('has none where it is open, a stream, a poll or unauthorized', async () => {
    for (const path of ['/health', '/ready', '/metrics', '/v1/stream', '/v1/poll']) await ask(path);
    expect((await ask('/v1/things/1', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    await ask('/v1/things/last');
    await ended();
    expect(recorded.all[0]?.attributes['url.path']).toBe('/v1/things/last');
  });
});
