import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChaosError, InvalidInput } from '../errors.ts';
import type { PlatformProvider } from '../platform/platform.ts';
import { judgedRun, unjudgedRun } from '../terminal/result.fixture.ts';
import { answerWith, planOf } from '../verdict/verdict.fixture.ts';
import { reasonOf, runGate } from './gate.ts';
import type { RunResult } from './run.ts';

const broken = judgedRun((evidence) => answerWith(evidence, 'objective/skillUptimeRatio/during', '0'));
const standing = judgedRun((evidence) => {
  const [entry] = evidence.entries;
  if (entry !== undefined) Object.assign(entry, { undone: false });
});

describe('what a run says as an exit reason', () => {
  it.each([
    ['held', judgedRun()],
    ['broken', broken],
    ['inconclusive', judgedRun((evidence) => answerWith(evidence, 'precondition/faultsProved', '0'))],
    ['inconclusive', unjudgedRun()],
    ['inconclusive', { ...unjudgedRun(), error: new ChaosError('CHAOS_START', 'no network') }],
    ['invalid', { ...unjudgedRun(), error: new InvalidInput('CHAOS_IMAGE', 'no image') }],
    ['interrupted', { ...unjudgedRun(), interrupted: true }],
    ['interrupted', { ...broken, interrupted: true }],
    ['notUndone', { ...judgedRun(), notUndone: ['2-outage'] }],
    ['notUndone', { ...unjudgedRun(), interrupted: true, notUndone: ['2-outage'] }],
    ['notUndone', standing],
  ] as const)('%s', (reason, result) => expect(reasonOf(result)).toBe(reason));
});

describe('a gate', () => {
  let runsDir: string;
  beforeEach(async () => {
    runsDir = await mkdtemp(join(tmpdir(), 'chaos-gate-'));
  });
  afterEach(async () => {
    await rm(runsDir, { recursive: true });
  });

  /** A platform on which nothing starts, for this reason. */
  const failing = (fail: () => Error): PlatformProvider => ({
    name: 'docker',
    check: async () => ({ available: true, detail: '' }),
    start: async () => {
      throw fail();
    },
    recover: async () => [],
  });

  async function play(fail: () => Error, signal = new AbortController().signal): Promise<readonly RunResult[]> {
    const plans = ['one', 'two', 'three'].map((scenarioName) => planOf({ scenarioName }));
    const provider = failing(fail);
    return runGate({ plans, root: runsDir, runsDir, provider, signal, listen: () => ({}) });
  }

  it('goes on after a run that failed: each has its own say', async () => {
    const results = await play(() => new Error('no luck'));
    expect(results.map(({ plan }) => plan.scenarioName)).toEqual(['one', 'two', 'three']);
    expect(results.map(reasonOf)).toEqual(['inconclusive', 'inconclusive', 'inconclusive']);
    expect((await readdir(runsDir)).sort()).toEqual(results.map(({ runId }) => runId).sort());
    expect(results[0]?.runId).toMatch(/^\d{8}-\d{6}-one-sample-[0-9a-f]{4}$/);
  });

  it('ends at bad input, which would meet the others too', async () => {
    const results = await play(() => new InvalidInput('CHAOS_IMAGE', 'no image'));
    expect(results.map(reasonOf)).toEqual(['invalid']);
  });

  it('ends at Ctrl-C', async () => {
    const controller = new AbortController();
    const stopped = () => {
      controller.abort();
      return new Error('stopped');
    };
    expect((await play(stopped, controller.signal)).map(reasonOf)).toEqual(['interrupted']);
  });
});
