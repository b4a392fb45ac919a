import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ChaosError, InvalidInput } from '../errors.ts';
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

/** How long the timeline of a plan is, by its name. */
const lengthsMs: Record<string, number> = { short: 10_000, long: 30_000, longer: 40_000, middling: 20_000 };
const names = Object.keys(lengthsMs);
const plans = names.map((scenarioName) => {
  const plan = planOf({ scenarioName });
  return { ...plan, phasesMs: { before: lengthsMs[scenarioName] ?? 0, during: 0, after: 0 } };
});

interface Played {
  readonly started: readonly string[];
  readonly mostAtATime: number;
  readonly results: readonly RunResult[];
  readonly told: readonly string[];
}

/** Each run takes a millisecond for each second of its timeline, and ends with what is given for its name. */
async function play(workers: number, ends: Record<string, Partial<RunResult>> = {}): Promise<Played> {
  const started: string[] = [];
  const told: string[] = [];
  let running = 0;
  let mostAtATime = 0;
  const results = await runGate({
    plans,
    root: '/root',
    runsDir: '/runs',
    workers,
    signal: new AbortController().signal,
    play: async ({ runId, runDir, plan }, listener) => {
      started.push(plan.scenarioName);
      mostAtATime = Math.max(mostAtATime, ++running);
      listener.progress?.('working');
      await delay((lengthsMs[plan.scenarioName] ?? 0) / 100);
      running--;
      return { ...judgedRun(), runId, runDir, plan, ...ends[plan.scenarioName] };
    },
    listen: ({ scenarioName }) => ({
      progress: (text) => told.push(`${scenarioName} ${text}`),
      ended: ({ runId }) => told.push(`${scenarioName} ended as ${runId}`),
    }),
  });
  return { started, mostAtATime, results, told };
}

const named = (results: readonly RunResult[]) => results.map(({ plan }) => plan.scenarioName);

describe('a gate', () => {
  it('starts the longest first, and gives results in the order of the plans', async () => {
    const { started, results, mostAtATime } = await play(1);
    expect(started).toEqual(['longer', 'long', 'middling', 'short']);
    expect(named(results)).toEqual(names);
    expect(mostAtATime).toBe(1);
  });

  it.each([2, 3, 4, 9])('with %i workers has so many runs at a time at most, and plays each once', async (workers) => {
    const { started, results, mostAtATime } = await play(workers);
    expect(mostAtATime).toBe(Math.min(workers, plans.length));
    expect([...started].sort()).toEqual([...names].sort());
    expect(named(results)).toEqual(names);
  });

  it('gives each run an id and a folder of its own, and tells its listener', async () => {
    const { results, told } = await play(2);
    expect(new Set(results.map(({ runId }) => runId)).size).toBe(plans.length);
    for (const { runId, runDir, plan } of results) {
      expect(runId).toMatch(new RegExp(`^\\d{8}-\\d{6}-${plan.scenarioName}-sample-[0-9a-f]{4}$`));
      expect(runDir).toBe(`/runs/${runId}`);
      expect(told).toEqual(
        expect.arrayContaining([`${plan.scenarioName} working`, `${plan.scenarioName} ended as ${runId}`]),
      );
    }
  });

  it('goes on after a run that failed: each has its own say', async () => {
    const { results } = await play(2, { longer: { verdict: undefined, error: new Error('no luck') } as never });
    expect(results.map(reasonOf)).toEqual(['held', 'held', 'inconclusive', 'held']);
  });

  it.each([
    ['bad input, which would meet the others too', 'invalid', { error: new InvalidInput('CHAOS_IMAGE', 'no image') }],
    ['Ctrl-C', 'interrupted', { interrupted: true }],
    ['a fault that still stands', 'notUndone', { notUndone: ['2-outage'] }],
  ] as const)('starts nothing more after %s, but lets what runs come to its end', async (_, reason, end) => {
    // The second longest ends first of the two that began; the other goes on.
    const { started, results } = await play(2, { long: end });
    expect(started).toEqual(['longer', 'long']);
    expect(named(results)).toEqual(['long', 'longer']);
    expect(results.map(reasonOf)).toEqual([reason, 'held']);
  });
});
