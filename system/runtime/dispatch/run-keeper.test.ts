/** The spans of runs that are seen through, by real processes in this one's hand. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { RecordedSpans } from '../../layer/tracing/recorded-spans.fixture.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { StatusFiles } from '../status/status-files.ts';
import { coupled, type GatewayPolicy } from './gateway-policy.ts';
import { RunFolders } from './run-folders.ts';
import { RunKeeper } from './run-keeper.ts';
import { testSkill } from './skill.fixture.ts';

const spans = new RecordedSpans();
afterAll(() => spans[Symbol.asyncDispose]());
const from = (digit: string) => `00-${digit.repeat(32)}-${digit.repeat(16)}-01`;
const contextOf = (span: ReadableSpan | undefined) =>
  `00-${span?.spanContext().traceId}-${span?.spanContext().spanId}-01`;

describe('a run that is seen through', () => {
  let home: string;
  let state: ReturnType<typeof openLedgerInMemory>;
  const dumpsEnv = testSkill('dump', null, { command: ['/bin/sh', '-c', 'env > ../../env'] });

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'openclaw-keeper-'));
    for (const folder of ['skills/dump', 'status', 'runs']) mkdirSync(join(home, folder), { recursive: true });
    state = openLedgerInMemory({ registry: new Registry() });
    state.ledger.request({ id: 'r1', skill: 'dump', requestedAt: Date.now(), traceparent: from('a') });
    spans.reset();
  });
  afterEach(() => {
    state.close();
    rmSync(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  });

  async function see(policy: GatewayPolicy = { mustWait: () => false }, skill = dumpsEnv): Promise<void> {
    const run = state.ledger.get('r1');
    if (run === undefined) throw new Error('there is no run');
    const log = createLogger('test', 'silent');
    const keeper = new RunKeeper({
      home,
      skillsFolder: join(home, 'skills'),
      folders: new RunFolders(join(home, 'runs'), undefined),
      ledger: state.ledger,
      policy,
      backoff: { ended: () => {}, until: () => null },
      statusFiles: new StatusFiles(join(home, 'status'), log),
      registry: new Registry(),
      log,
      signal: new AbortController().signal,
    });
    // Nobody to ask, and nothing to take up: the process is started in this turn, whatever is traced.
    const isToStart = policy.before === undefined && run.state === 'claimed' && !existsSync(join(home, 'runs', 'r1'));
    const seen = keeper.see(run, skill);
    if (isToStart) expect(state.ledger.get('r1')?.state).toBe('running');
    await seen;
  }

  /** Of an earlier runtime: a process that is gone. */
  function leaveDead(): void {
    const folder = join(home, 'runs', 'r1', '1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'process'), `999999 (sh) S ${'0 '.repeat(18)}12345 0\nanother boot\n10.00\n`);
  }

  it('is one span, which its process and its reports are a part of', async () => {
    await see();
    expect(spans.all.map(({ name }) => name)).toEqual(['start process', 'run dump']);
    const [started, ran] = spans.all;
    expect(ran?.parentSpanContext?.spanId).toBe('a'.repeat(16));
    expect(started?.parentSpanContext?.spanId).toBe(ran?.spanContext().spanId);
    expect(readFileSync(join(home, 'env'), 'utf8')).toContain(`TRACEPARENT=${contextOf(ran)}\n`);
    const reports = state.outbox.after(0, 10).map(({ state: told, traceparent }) => [told, traceparent]);
    expect(reports).toEqual([
      ['started', contextOf(ran)],
      ['finished', contextOf(ran)],
    ]);
  });

  it('asks, where that is the policy, as a part of the span, before the start and after the end', async () => {
    const asked: unknown[] = [];
    const link = {
      request: async (_method: string, path: string, { parent }: { parent?: string | null | undefined }) => {
        asked.push([path, parent, spans.named('start process').length]);
        return { status: 200, body: { live: true } };
      },
    };
    await see(coupled(link));
    const parent = contextOf(spans.named('run dump')[0]);
    expect(asked).toEqual([
      ['/v1/sessions/live', parent, 0],
      ['/v1/reports', parent, 1],
    ]);
  });

  it.each([
    ['the last time', 0, { state: 'finished', outcome: 'failed', attempt: 1 }],
    ['to be tried again', 1, { state: 'claimed', attempt: 2 }],
  ])('tells how it failed (%s), and not what its process printed', async (_what, max, left) => {
    const command = ['/bin/sh', '-c', 'echo password hunter2; exit 3'];
    await see(undefined, testSkill('dump', null, { command, retries: { max, backoffMs: 1000 } }));
    expect(state.ledger.get('r1')).toMatchObject({ ...left, reason: 'exit code 3: password hunter2' });
    const [ran] = spans.named('run dump');
    expect(ran?.status).toEqual({ code: 2, message: 'exit code 3' });
    expect(ran?.attributes).toMatchObject({ 'openclaw.run.outcome': 'failed', 'openclaw.run.attempt': 1 });
    expect(JSON.stringify(spans.all.map(({ attributes, events }) => [attributes, events]))).not.toMatch(/hunter2/);
  });

  it('ends in error, from its true start, if an earlier runtime started it and it died with that', async () => {
    const startedAt = Date.now() - 5000;
    state.ledger.started('r1', startedAt, from('b'));
    leaveDead();
    await see();
    expect(spans.all.map(({ name }) => name)).toEqual(['run dump']);
    const [ran] = spans.all;
    expect(ran?.attributes).toMatchObject({ 'openclaw.run.taken_up': true, 'openclaw.run.outcome': 'interrupted' });
    expect([ran?.status.code, ran?.parentSpanContext?.spanId]).toEqual([2, 'a'.repeat(16)]);
    expect(ran?.startTime[0]).toBe(Math.floor(startedAt / 1000));
    expect(state.ledger.get('r1')).toMatchObject({ attempt: 2, state: 'claimed', traceparent: from('a') });
  });

  it('is taken up also if that runtime was killed before it could record the start', async () => {
    leaveDead();
    await see();
    expect(spans.all.map(({ name }) => name)).toEqual(['run dump']);
    expect(spans.all[0]?.attributes).toMatchObject({
      'openclaw.run.taken_up': true,
      'openclaw.run.outcome': 'interrupted',
    });
  });

  it('ends as cancelled if that comes while it asks whether it may begin', async () => {
    const cancelled = async () => {
      state.ledger.cancel('r1', Date.now());
      return null;
    };
    await see({ mustWait: () => false, before: cancelled });
    expect(spans.all).toMatchObject([{ name: 'run dump', attributes: { 'openclaw.run.outcome': 'cancelled' } }]);
  });

  it('ends as cancelled, and no error, if it is never begun', async () => {
    state.ledger.started('r1', Date.now(), from('b'));
    state.ledger.cancel('r1', Date.now());
    await see();
    expect(spans.all.map(({ name }) => name)).toEqual(['run dump']);
    expect(spans.all[0]).toMatchObject({ status: { code: 0 }, attributes: { 'openclaw.run.outcome': 'cancelled' } });
    expect(state.outbox.after(0, 10).at(-1)).toMatchObject({
      outcome: 'cancelled',
      traceparent: contextOf(spans.all[0]),
    });
  });
});
