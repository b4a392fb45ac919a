import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { freePort, freePorts } from '../layer/free-port.fixture.ts';
import { traceparentOf as activeTraceparent } from '../layer/spans.ts';
import { Collector } from '../layer/tracing/collector.fixture.ts';
import { RecordedSpans } from '../layer/tracing/recorded-spans.fixture.ts';
import { SessionStore } from './store/session-store.ts';
import { FakeGateway } from './testing/fake-gateway.ts';
import { kill, makeHome, type StartedLayer, spawnLayer, startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken, until } from './testing/test-client.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${spanId}-01`;
const malformed = [
  ['too short', traceparent.slice(0, -1)],
  ['zeros for a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
  ['zeros for a span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ['upper case', traceparent.toUpperCase()],
  ['version ff', `ff${traceparent.slice(2)}`],
  ['10 kB', traceparent + '0'.repeat(10_000)],
  ['a number', 7],
  ['an object', { traceparent }],
  ['a list of one', [traceparent]],
] as const;

let gateway: FakeGateway;
let layer: StartedLayer;
const homes: string[] = [];
const children: ChildProcess[] = [];

afterAll(() => Promise.all(homes.map((home) => rm(home, { recursive: true, force: true }))));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
beforeEach(async () => {
  gateway = new FakeGateway(testToken);
  await gateway.start();
});
afterEach(() => gateway.stop());

async function spawn(port: number, env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const home = await makeHome();
  homes.push(home);
  const { process: child } = await spawnLayer(home, port, env);
  children.push(child);
  return child;
}

async function startBoth(): Promise<void> {
  layer = await startLayer({ gatewayUrl: gateway.url, heartbeatMs: 100 });
  await until(() => gateway.dials.length > 0, 'the event stream');
}

// First, for there is no way back from tracing to no tracing.
describe('without tracing', () => {
  beforeEach(startBoth);
  afterEach(() => layer[Symbol.asyncDispose]());

  it('passes on the traceparent of a message and of an event as they are', async () => {
    const { client } = await TestClient.greet(layer.port);
    client.send({ type: 'message', id: 'm', body: 1, traceparent });
    expect((await client.arrival('ack', 'm')).traceparent).toBe(traceparent);
    gateway.emit(null, 'daily-memory', traceparent);
    expect((await client.entries(2)).map((entry) => entry.traceparent)).toEqual([traceparent, traceparent]);
    await until(() => gateway.messages.length > 0, 'the delivery');
    expect(gateway.messages[0]?.traceparent).toBe(traceparent);
    expect(gateway.traced).toEqual([]);
    await client.end();
  });

  it.each(malformed)('leaves out one that is malformed, and serves what it came with: %s', async (_what, text) => {
    const { client } = await TestClient.greet(layer.port);
    client.send({ type: 'message', id: 'm', body: 1, traceparent: text });
    expect(await client.arrival('ack', 'm')).toEqual({ type: 'ack', id: 'm', offset: 1 });
    gateway.emit(null, 'daily-memory', text as string);
    const entries = await client.entries(2);
    for (const entry of entries) expect(entry).not.toHaveProperty('traceparent');
    expect(entries[1]?.body).not.toHaveProperty('traceparent');
    await until(() => gateway.messages.length > 0, 'the delivery');
    expect(gateway.messages[0]).not.toHaveProperty('traceparent');
    await client.end();
  });
});

describe('with tracing', () => {
  let recorded: RecordedSpans;
  beforeEach(async () => {
    recorded ??= new RecordedSpans();
    await startBoth();
    recorded.reset();
  });
  afterEach(() => layer[Symbol.asyncDispose]());
  afterAll(() => recorded[Symbol.asyncDispose]());

  const traceparentOf = (span: ReturnType<RecordedSpans['named']>[number] | undefined) =>
    `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`;

  it('a message is in the trace of its client, all the way to the gateway', async () => {
    const { client, welcome } = await TestClient.greet(layer.port);
    client.send({ type: 'message', id: 'm', body: 'täxt', traceparent });
    const ack = await client.arrival('ack', 'm');
    await until(() => recorded.named('POST /v1/messages').length > 0, 'the delivery');
    const [received] = recorded.named('receive message');
    expect(received?.kind).toBe(SpanKind.CONSUMER);
    expect(received?.spanContext().traceId).toBe(traceId);
    expect(received?.parentSpanContext?.spanId).toBe(spanId);
    expect(received?.attributes).toEqual({
      'messaging.system': 'openclaw',
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'receive',
      'messaging.message.id': 'm',
      'messaging.message.body.size': 7,
      'openclaw.session.id': welcome.session,
      'openclaw.message.offset': 1,
    });
    expect(ack.traceparent).toBe(traceparent);
    expect((await client.entries(1))[0]?.traceparent).toBe(traceparentOf(received));
    expect(gateway.messages[0]?.traceparent).toBe(traceparentOf(received));
    const [delivery] = recorded.named('POST /v1/messages');
    expect(delivery?.kind).toBe(SpanKind.CLIENT);
    expect(delivery?.parentSpanContext).toBeUndefined();
    expect(delivery?.links.map(({ context }) => context.spanId)).toEqual([received?.spanContext().spanId]);
    expect(gateway.traced).toEqual([`POST ${traceparentOf(delivery)}`]);
    await client.end();
  });

  it('an event is one span in the trace of its run, for however many sessions, and for who comes later', async () => {
    const clients = await Promise.all(
      (['all', 'all', 'own'] as const).map((events) => TestClient.greet(layer.port, { events })),
    );
    const own = clients[2]?.welcome.session ?? null;
    gateway.emit(own, 'daily-memory', traceparent);
    for (const { client } of clients) await client.entries(1);
    const [processed, ...more] = recorded.named('process event');
    expect(more).toEqual([]);
    expect(processed?.kind).toBe(SpanKind.CONSUMER);
    expect(processed?.spanContext().traceId).toBe(traceId);
    expect(processed?.parentSpanContext?.spanId).toBe(spanId);
    expect(processed?.attributes).toMatchObject({
      'openclaw.run.id': 'daily-memory@1',
      'openclaw.event.type': 'run.started',
    });
    for (const { client, welcome } of clients) {
      await client.end();
      const { session, epoch } = welcome;
      const again = await TestClient.greet(layer.port, { session, epoch, after: 0 });
      const [live] = client.of('entry');
      const [replayed] = await again.client.entries(1);
      expect(live?.traceparent).toBe(traceparentOf(processed));
      expect(replayed).toEqual(live);
      expect(live?.body).toMatchObject({ traceparent: traceparentOf(processed) });
      await again.client.end();
    }
  });

  it('a message that is sent again, and an event that comes again, has no further span', async () => {
    const { client } = await TestClient.greet(layer.port);
    for (const id of ['m', 'm', 'm', 'n']) client.send({ type: 'message', id, body: 1, traceparent });
    await client.arrival('ack', 'n');
    const event = gateway.emit();
    gateway.inject(`id: 1\nevent: run.started\ndata: ${JSON.stringify(event)}\n\n`);
    gateway.emit();
    await client.entries(4);
    expect(recorded.named('receive message').map(({ attributes }) => attributes['messaging.message.id'])).toEqual([
      'm',
      'n',
    ]);
    expect(recorded.named('process event').map(({ attributes }) => attributes['messaging.message.id'])).toEqual([
      '1',
      '2',
    ]);
    await client.end();
  });

  it('what is logged of a message that is refused has its ids: by the gateway, and by the disk', async () => {
    const logged: (string | undefined)[] = [];
    const log = pino({ level: 'silent' });
    vi.spyOn(log, 'error').mockImplementation(() => void logged.push(activeTraceparent()));
    await using other = await startLayer({ gatewayUrl: gateway.url, log, limits: { uncommittedMs: 0 } });
    gateway.verdict = () => 400;
    const { client } = await TestClient.greet(other.port);
    await client.message('unwanted');
    await until(() => logged.length === 1, 'the refusal');
    expect(logged).toEqual([traceparentOf(recorded.named('receive message')[0])]);

    using disk = vi.spyOn(SessionStore.prototype, 'appendMessages');
    disk.mockImplementation(() => {
      throw Object.assign(new Error('disk full'), { code: 'ENOSPC' });
    });
    client.send({ type: 'message', id: 'lost', body: 1, traceparent });
    expect(await client.closure()).toBe(1011);
    const lost = recorded.named('receive message')[1];
    expect(lost?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'disk full' });
    expect(lost?.attributes).toMatchObject({ 'messaging.message.id': 'lost', 'error.type': 'ENOSPC' });
    expect(lost?.spanContext().traceId).toBe(traceId);
    expect(logged).toEqual([logged[0], traceparentOf(lost)]);
  });

  it('a message and an event without a traceparent begin traces of their own', async () => {
    const { client } = await TestClient.greet(layer.port);
    for (const [n, [, text]] of malformed.entries())
      client.send({ type: 'message', id: `m${n}`, body: 1, traceparent: text });
    client.send({ type: 'message', id: 'last', body: 1 });
    gateway.emit();
    const entries = await client.entries(malformed.length + 2);
    const spans = [...recorded.named('receive message'), ...recorded.named('process event')];
    expect(spans).toHaveLength(entries.length);
    for (const span of spans) expect(span.parentSpanContext).toBeUndefined();
    const traces = new Set(entries.map((entry) => entry.traceparent?.split('-')[1]));
    expect(traces.size).toBe(entries.length);
    expect(traces).not.toContain(traceId);
    await client.end();
  });

  it('a batch has links to as many as it holds, and a poll has no span', async () => {
    await gateway.stop();
    const { client } = await TestClient.greet(layer.port);
    for (let n = 0; n < 20; n += 1) client.send({ type: 'message', id: `m${n}`, body: n });
    await client.arrival('ack', 'm19');
    await gateway.start();
    await until(() => gateway.messages.length === 20, 'the delivery');
    await until(() => recorded.named('POST /v1/messages').some(({ links }) => links.length === 20), 'its span');
    await until(() => gateway.presences.length > 0, 'presence');
    expect(gateway.traced.filter((request) => !request.startsWith('POST'))).toEqual([]);
    expect(new Set(recorded.all.map(({ name }) => name))).toEqual(new Set(['receive message', 'POST /v1/messages']));
    await client.end();
  });
});

/** Much more than it takes: the SDK is loaded meanwhile, and the machine may be busy. */
const busyMs = 30_000;

describe('a collector', { timeout: 4 * busyMs }, () => {
  it.each([
    ['that is down', undefined],
    ['that answers 500', 500],
    ['that never answers', 'silent'],
  ] as const)('%s makes no difference to messages and events', async (_what, answer) => {
    await using collector = await Collector.start();
    collector.answer = answer ?? 200;
    const [port = 0, nobody = 0] = await freePorts(2);
    const nowhere = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${nobody}` };
    const environment = { ...collector.environment, ...(answer === undefined && nowhere) };
    const child = await spawn(port, {
      ...environment,
      OPENCLAW_GATEWAY_URL: gateway.url,
      OTEL_BSP_MAX_QUEUE_SIZE: '10',
    });
    const { client } = await TestClient.greet(port);
    await until(
      async () => {
        await client.message(`try ${performance.now()}`);
        return lost(await metricsOf(port)) || collector.requests > 2;
      },
      'spans to be made',
      busyMs,
    );
    const before = client.of('entry').length;
    for (let n = 0; n < 200; n += 1) client.send({ type: 'message', id: `m${n}`, body: n });
    await client.entries(before + 200);
    gateway.emit();
    await client.entries(before + 201);
    await until(() => gateway.messages.length === before + 200, 'the delivery', busyMs);
    await until(
      async () => /spans_total{[^}]*dropped[^}]*} [1-9]/.test(await metricsOf(port)),
      'spans to be dropped',
      busyMs,
    );
    expect(await metricsOf(port)).toMatch(/spans_total{[^}]*exported[^}]*} 0\n/);
    // A layer whose close takes 8 s ends itself with another code.
    expect(await kill(child, 'SIGTERM')).toBe(0);
    await client.end();
  });

  it('gets the trace, and the layer ends with nothing left to send', async () => {
    await using collector = await Collector.start();
    const port = await freePort();
    const slow = { OTEL_BSP_SCHEDULE_DELAY: '3600000' };
    const child = await spawn(port, { ...collector.environment, ...slow });
    const { client } = await TestClient.greet(port);
    await until(async () => {
      const id = String(performance.now());
      await client.message(id);
      const [entry] = client.of('entry').filter((one) => one.id === id);
      return entry?.traceparent !== undefined;
    }, 'tracing');
    client.send({ type: 'message', id: 'm', body: 1, traceparent });
    await client.arrival('ack', 'm');
    expect(collector.requests).toBe(0);
    expect(await kill(child, 'SIGTERM')).toBe(0);
    const span = collector
      .named('receive message')
      .find(({ attributes }) => attributes['messaging.message.id'] === 'm');
    expect(span).toMatchObject({ traceId, parentSpanId: spanId, resource: { 'service.name': 'openclaw-session' } });
    await client.end();
  });
});

const metricsOf = async (port: number): Promise<string> => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
const lost = (metrics: string): boolean => /spans_total{[^}]*(failed|dropped)[^}]*} [1-9]/.test(metrics);
