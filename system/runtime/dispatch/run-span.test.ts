import { trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { RecordedSpans } from '../../layer/tracing/recorded-spans.fixture.ts';
import type { RunningAttempt } from '../attempt/running-attempt.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { EarlySpans } from './early-spans.ts';
import { RunSpan } from './run-span.ts';

const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;

function aRun(more: Partial<QueuedRun> = {}): QueuedRun {
  const ended = { outcome: null, finishedAt: null, reason: null, exitCode: null, signal: null, output: null };
  const place = { sequence: 1, id: 'beat@7', skill: 'beat', trigger: 'schedule', dueAt: 7, queuedAt: 7 } as const;
  const state = { attempt: 1, state: 'claimed', startedAt: null, notBefore: null, cancelRequested: false } as const;
  return { ...ended, ...place, ...state, late: false, traceparent: null, claimedIn: null, ...more };
}
const asked = { id: 'r1', trigger: 'request', dueAt: null, traceparent: from('a') } as const;

describe("a run's span", () => {
  const early = new EarlySpans();
  let recorded: RecordedSpans | undefined;
  const begin = (run: QueuedRun, takenUpFrom?: number) => new RunSpan({ run, early, takenUpFrom });
  const ended = () => recorded?.all ?? [];
  const runOf = (span: ReadableSpan | undefined) => span?.attributes['openclaw.run.id'];
  beforeEach(() => recorded?.reset());
  afterAll(() => recorded?.[Symbol.asyncDispose]());

  // First, for there is one tracer a process, and it stays.
  it('is made when there is a tracer, if it began, or even ended, before', () => {
    const passing = begin(aRun(asked));
    expect([passing.traceparent, begin(aRun()).traceparent]).toEqual([from('a'), undefined]);
    begin(aRun({ id: 'interrupted', attempt: 3 }), 1_700_000_000_000).end('interrupted', 'interrupted');
    const taken = begin(aRun({ ...asked, id: 'taken' }), 1_700_000_001_000);
    recorded = new RecordedSpans();
    expect(ended()).toEqual([]);
    taken.end('succeeded', null);
    expect(ended().map(runOf)).toEqual(['interrupted', 'taken']);
    const [first, second] = ended();
    expect(first).toMatchObject({ name: 'run beat', status: { code: 2 }, startTime: [1_700_000_000, 0] });
    expect(first?.attributes).toMatchObject({ 'openclaw.run.outcome': 'interrupted', 'openclaw.run.attempt': 3 });
    expect(Math.abs((first?.endTime[0] ?? 0) - Date.now() / 1000)).toBeLessThan(60);
    expect(second?.spanContext().traceId).toBe('a'.repeat(32));
    expect(second?.attributes['openclaw.run.taken_up']).toBe(true);
    expect(second?.startTime).toEqual([1_700_000_001, 0]);
  });

  it('is a child of what asked for it, whichever the attempt', () => {
    for (const attempt of [1, 2]) begin(aRun({ ...asked, attempt })).end('failed', 'exit code 1');
    expect(ended().map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(['a'.repeat(16), 'a'.repeat(16)]);
    expect(ended()[0]).toMatchObject({ status: { code: 2, message: 'exit code 1' }, links: [] });
    expect(ended()[0]?.attributes).not.toHaveProperty('openclaw.run.due_at');
  });

  it('is a trace of its own for a slot, linked to the turn that claimed it; a later attempt is a part of that trace', () => {
    const first = begin(aRun({ claimedIn: from('c') }));
    first.end('failed', null);
    begin(aRun({ claimedIn: from('c'), traceparent: first.traceparent ?? null, attempt: 2 })).end('succeeded', null);
    const [one, two] = ended();
    expect(one?.parentSpanContext).toBeUndefined();
    expect(one?.links.map(({ context }) => context.spanId)).toEqual(['c'.repeat(16)]);
    expect(two?.parentSpanContext?.spanId).toBe(one?.spanContext().spanId);
    expect(one?.attributes).toMatchObject({ 'openclaw.run.due_at': 7, 'openclaw.run.trigger': 'schedule' });
  });

  it('is no error if somebody cancelled the run', () => {
    begin(aRun(asked)).end('cancelled', 'cancelled while it ran');
    expect(ended()[0]).toMatchObject({ status: { code: 0 }, attributes: { 'openclaw.run.outcome': 'cancelled' } });
  });

  it('has the start of the process as its child, with the program and nothing of what it is given', () => {
    const span = begin(aRun(asked));
    const command = ['/usr/bin/env', 'TOKEN=hunter2'];
    const pidOf = (pid: number | undefined) => () => ({ pid }) as RunningAttempt;
    span.starting(command, pidOf(42));
    span.starting(command, pidOf(undefined));
    const [started, failed] = ended();
    expect(started?.name).toBe('start process');
    expect(started?.attributes).toEqual({ 'process.executable.name': 'env', 'process.pid': 42 });
    expect(started?.parentSpanContext?.spanId).toBe(span.traceparent?.split('-')[2]);
    expect(failed?.status.code).toBe(2);
  });

  it('is active within the work, and nowhere else', async () => {
    const span = begin(aRun(asked));
    const active = () => trace.getActiveSpan()?.spanContext().spanId;
    const seen = await span.within(async () => {
      await Promise.resolve();
      return active();
    });
    expect([seen, active()]).toEqual([span.traceparent?.split('-')[2], undefined]);
  });
});

describe('early spans', () => {
  it('are few, the newest, and released once', () => {
    const early = new EarlySpans();
    const made: number[] = [];
    for (let index = 0; index < 1000; index += 1) early.hold(() => made.push(index));
    early.release();
    early.release();
    expect([made.length, made[0], made.at(-1)]).toEqual([200, 800, 999]);
  });
});
