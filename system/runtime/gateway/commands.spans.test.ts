/** The spans of commands: one for each, however often it is pulled. */
import { Registry } from 'prom-client';
import { afterAll, expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { traceparentOf } from '../../layer/spans.ts';
import { formatTraceparent } from '../../layer/trace-context.ts';
import { RecordedSpans } from '../../layer/tracing/recorded-spans.fixture.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { pullCommands } from './commands.ts';

const spans = new RecordedSpans();
afterAll(() => spans[Symbol.asyncDispose]());
const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

it('has a span in the trace of what asked for it, which its run is a part of, and none when it is pulled again', async () => {
  const state = openLedgerInMemory({ registry: new Registry() });
  const stop = new AbortController();
  const commands = [
    { id: 'r1', kind: 'run', skill: 'asked', session: null, requestedAt: 1, traceparent: from('a') },
    { id: 'r2', kind: 'run', skill: 'absent', session: null, requestedAt: 1, traceparent: from('b') },
  ];
  const acks: unknown[] = [];
  const activeAtStart: unknown[] = [];
  const link = {
    reachable: true,
    whenDialable: async () => undefined,
    request: async (method: string, path: string, { parent }: { parent?: string | null | undefined }) => {
      if (method === 'GET') return { status: 200, body: { commands } };
      acks.push([path, parent]);
      return { status: 503, body: null };
    },
  };
  const pulling = pullCommands({
    link,
    ledger: state.ledger,
    knows: (skill) => skill === 'asked',
    log: createLogger('test', 'silent'),
    signal: stop.signal,
    onRequest: () => activeAtStart.push(traceparentOf()),
    onCancel: () => {},
  }).catch(() => undefined);
  await expect.poll(() => acks.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(4);
  stop.abort();
  await pulling;

  const processed = spans.named('process command');
  expect(processed.map((span) => [span.parentSpanContext?.spanId, span.status.code])).toEqual([
    ['a'.repeat(16), 0],
    ['b'.repeat(16), 2],
  ]);
  const [asked, refused] = processed.map((span) => formatTraceparent(span.spanContext()));
  expect(['r1', 'r2'].map((id) => state.ledger.get(id)?.traceparent)).toEqual([asked, refused]);
  expect(acks.slice(0, 4)).toEqual([
    ['/v1/commands/r1/ack', asked],
    ['/v1/commands/r2/ack', refused],
    ['/v1/commands/r1/ack', from('a')],
    ['/v1/commands/r2/ack', from('b')],
  ]);
  // What is started then may be another run.
  expect(activeAtStart).toEqual([undefined]);
  state.close();
});
