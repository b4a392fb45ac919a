import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GatewayLink } from './gateway-link.ts';
import { createLogger } from './logger.ts';
import { inSpan, traceparentOf } from './spans.ts';
import { RecordedSpans } from './tracing/recorded-spans.fixture.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const parent = `00-${traceId}-b7ad6b7169203331-01`;
const options = { timeoutMs: 5000 };
let server: Server;
let link: GatewayLink;
/** Header of each request that came. */
const came: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    came.push(request.headers.traceparent as string | undefined);
    response.writeHead(Number(request.url?.match(/status=(\d+)/)?.[1] ?? 200)).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  link = linkTo((server.address() as AddressInfo).port);
});
beforeEach(() => void came.splice(0));
afterAll(() => server.close());

function linkTo(port: number): GatewayLink {
  const baseUrl = `http://127.0.0.1:${port}`;
  const log = createLogger('session', 'silent');
  return new GatewayLink({ baseUrl, token: () => 'secret', layer: 'session', registry: new Registry(), log });
}

// First, for there is no way back from tracing to no tracing.
describe('without tracing', () => {
  it('passes on the parent that it is given, traced or not, and no other header', async () => {
    await link.request('GET', '/', { ...options, parent });
    await link.request('GET', '/', { ...options, parent, traced: false });
    await link.request('GET', '/', options);
    await link.request('GET', '/', { ...options, parent: parent.toUpperCase() });
    await link.request('GET', '/', { ...options, parent: 'x'.repeat(10_000), traced: false });
    expect(came).toEqual([parent, parent, undefined, undefined, undefined]);
  });
});

describe('with tracing', () => {
  let recorded: RecordedSpans;
  beforeEach(() => {
    recorded ??= new RecordedSpans();
    recorded.reset();
  });
  afterAll(() => recorded[Symbol.asyncDispose]());

  it('has a span by the conventions, named after the route, of which the gateway is told', async () => {
    const links = [`00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`];
    await link.request('POST', '/v1/runs/4711?x=1', { ...options, body: {}, route: '/v1/runs/:id', parent, links });
    const [span] = recorded.all;
    expect(span?.name).toBe('POST /v1/runs/:id');
    expect(span?.kind).toBe(SpanKind.CLIENT);
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span?.links.map(({ context }) => context.traceId)).toEqual(['1'.repeat(32)]);
    expect(came).toEqual([`00-${traceId}-${span?.spanContext().spanId}-01`]);
    const { port } = server.address() as AddressInfo;
    expect(span?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'url.full': `http://127.0.0.1:${port}/v1/runs/4711?x=1`,
      'server.address': '127.0.0.1',
      'server.port': port,
    });
  });

  it('is part of the active span, and named after its method alone where it has no route', async () => {
    const outer = await inSpan('outer', {}, async (span) => {
      await link.request('GET', '/v1/secret-id', options);
      return traceparentOf(span);
    });
    const [call] = recorded.named('GET');
    expect(outer).toContain(call?.parentSpanContext?.spanId);
  });

  it('is an error for an answer from 400 up, and for none', async () => {
    for (const status of [399, 400, 503]) await link.request('GET', `/?status=${status}`, { ...options, route: '/' });
    const lonely = createServer();
    await new Promise<void>((resolve) => lonely.listen(0, '127.0.0.1', resolve));
    const { port } = lonely.address() as AddressInfo;
    await new Promise((resolve) => lonely.close(resolve));
    await expect(linkTo(port).request('GET', '/', { ...options, route: '/' })).rejects.toThrow();
    const brief = recorded.all.map(({ status, attributes }) => [
      attributes['http.response.status_code'],
      status.code,
      attributes['error.type'],
    ]);
    expect(brief).toEqual([
      [399, SpanStatusCode.UNSET, undefined],
      [400, SpanStatusCode.ERROR, '400'],
      [503, SpanStatusCode.ERROR, '503'],
      [undefined, SpanStatusCode.ERROR, 'ECONNREFUSED'],
    ]);
  });

  it('has none for a poll, and none for a stream', async () => {
    await link.request('GET', '/', { ...options, traced: false });
    await (await link.stream('/', options)).body.cancel();
    expect(recorded.all).toEqual([]);
    expect(came).toEqual([undefined, undefined]);
  });
});
