import { request } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JournalEntry } from '../journal/journal-records.ts';
import { exportRequest, sentSpan, spanId } from './otlp.fixture.ts';
import { SpanBook } from './span-book.ts';
import { TraceReceiver } from './trace-receiver.ts';

const limit = 10;
let written: JournalEntry[];
let book: SpanBook;
let receiver: TraceReceiver;
beforeEach(async () => {
  written = [];
  book = new SpanBook((entry) => written.push(entry), limit);
  receiver = await TraceReceiver.start(book);
});
afterEach(() => receiver[Symbol.asyncDispose]());

function send(body: string | Buffer, headers: Record<string, string> = {}, path = '/v1/traces', method = 'POST') {
  return fetch(`http://127.0.0.1:${receiver.port}${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body: body as string }),
  });
}

const spans = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => sentSpan({ id: spanId(from + index) }));
const text = (list: readonly unknown[]) => JSON.stringify(exportRequest(list));
const idsWritten = () =>
  written.flatMap((entry) => (entry.type === 'spans' ? entry.spans.map(({ id }) => Number(`0x${id}`)) : []));

describe('the receiver of traces', () => {
  it('writes down what it is sent, with the service that sent it', async () => {
    const answer = await send(text(spans(1, 4)));
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: {} });
    expect(written).toEqual([{ type: 'spans', service: 'openclaw-runtime', spans: expect.any(Array) }]);
    expect(idsWritten()).toEqual([1, 2, 3]);
  });

  it('takes gzip', async () => {
    expect((await send(gzipSync(text(spans(1, 3))), { 'content-encoding': 'gzip' })).status).toBe(200);
    expect(idsWritten()).toEqual([1, 2]);
  });

  it('writes a span down once, however often it is sent, also at the same time', async () => {
    await Promise.all([send(text(spans(1, 5))), send(text(spans(3, 7))), send(text(spans(1, 5)))]);
    expect(idsWritten().sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(book.summary).toMatchObject({ spans: 6, over: 0 });
  });

  it('says what it did not take, and counts it', async () => {
    const answer = await send(text([...spans(1, limit + 4), { traceId: 'none' }]));
    expect(await answer.json()).toEqual({
      partialSuccess: {
        rejectedSpans: 4,
        errorMessage: `3 are beyond the ${limit} that a run may have, 1 are no spans`,
      },
    });
    expect(idsWritten()).toHaveLength(limit);
    expect(book.summary).toEqual({ type: 'traces', spans: limit, over: 3, malformed: 1, unwritten: 0 });
  });

  it('says to each sender what became of its own spans', async () => {
    const none = text(Array.from({ length: 300 }, () => ({ traceId: 'none' })));
    const answers = await Promise.all([send(none), send(none), send(none)]);
    for (const answer of answers) expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: 300 } });
  });

  it('survives a journal that takes nothing more', async () => {
    const full = new SpanBook(() => {
      throw new Error('disk full');
    });
    await using other = await TraceReceiver.start(full);
    const answer = await fetch(`http://127.0.0.1:${other.port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: text(spans(1, 3)),
    });
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: 2 } });
    expect(full.summary).toMatchObject({ spans: 0, unwritten: 2 });
  });

  it.each([
    [
      'protobuf',
      415,
      'OTEL_EXPORTER_OTLP_PROTOCOL=http/json',
      () => send('x', { 'content-type': 'application/x-protobuf' }),
    ],
    ['another encoding', 415, 'with gzip', () => send('x', { 'content-encoding': 'br' })],
    ['no JSON', 400, 'not JSON', () => send('{')],
    ['no gzip', 400, 'not gzip', () => send('{}', { 'content-encoding': 'gzip' })],
    ['something else', 400, 'ExportTraceServiceRequest', () => send('[]')],
    ['metrics', 404, 'only POST /v1/traces', () => send('{}', {}, '/v1/metrics')],
    ['a question', 405, 'only POST /v1/traces', () => send('', {}, '/v1/traces', 'GET')],
    ['too much', 413, 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE', () => send(' '.repeat(2 * 1024 * 1024))],
    [
      'a bomb',
      413,
      'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
      () => send(gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' }),
    ],
  ])('refuses %s with %i, and goes on', async (_, status, mend, sendIt) => {
    const answer = await sendIt();
    expect(answer.status).toBe(status);
    expect(JSON.stringify(await answer.json())).toContain(mend);
    expect((await send(text(spans(1, 2)))).status).toBe(200);
  });

  it('reads no more of what it has refused', async () => {
    const answer = await send(' '.repeat(2 * 1024 * 1024));
    expect(answer.headers.get('connection')).toBe('close');
  });

  it('holds some connections, and not any number', async () => {
    const sockets = Array.from({ length: 80 }, () => connect(receiver.port, '127.0.0.1').on('error', () => {}));
    const ended = () => sockets.filter(({ closed }) => closed).length;
    await vi.waitFor(() => expect(ended()).toBe(80 - 64), { timeout: 5_000 });
    for (const socket of sockets) socket.destroy();
    await vi.waitFor(async () => expect((await send(text(spans(1, 2)))).status).toBe(200), { timeout: 5_000 });
  });

  it('lets others have their turn while it reads thousands of spans', async () => {
    const many = new SpanBook(() => {});
    let turns = 0;
    const ticking = setInterval(() => turns++, 0);
    await many.add({ service: 'x', spans: spans(1, 5_001) });
    clearInterval(ticking);
    expect(many.summary.spans).toBe(5_000);
    expect(turns).toBeGreaterThan(0);
  });

  it('is closed when what it has taken is written down', async () => {
    const many = new SpanBook(() => {});
    const other = await TraceReceiver.start(many);
    const headers = { 'content-type': 'application/json' };
    const url = `http://127.0.0.1:${other.port}/v1/traces`;
    const sent = fetch(url, { method: 'POST', headers, body: text(spans(1, 2_001)) }).catch(() => {});
    while (many.summary.spans === 0) await new Promise(setImmediate);
    await other[Symbol.asyncDispose]();
    expect(many.summary.spans).toBe(2_000);
    await sent;
  });

  it('closes although somebody is in the middle of a request', async () => {
    const half = request({
      port: receiver.port,
      method: 'POST',
      path: '/v1/traces',
      headers: { 'content-type': 'application/json' },
    });
    half.on('error', () => {});
    half.write('{');
    await delay(50);
    await receiver[Symbol.asyncDispose]();
    await expect(send('{}')).rejects.toThrow();
    receiver = await TraceReceiver.start(book);
  });
});
