/** A short real run whose measurement can be sabotaged: on local, since it is the harness that is tried, which is the same on every platform. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { availableProvider, root } from '../commands/prepare.ts';
import { loadManifest } from '../input/load.ts';
import { makePlan } from '../plan/plan.ts';
import type { Platform, PlatformProvider } from '../platform/platform.ts';
import type { ExpectedAlert, Scenario } from '../scenario.ts';
import type { Independence } from '../traces/independence.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type RunRequest, runScenario } from './run.ts';
import type { RunListener } from './run-listener.ts';

/** As short as an experiment can be that counts. */
const scenario = {
  title: 'Short gateway outage',
  hypothesis: 'Local skills do not notice.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 2_000 },
    'health-report': { everySeconds: 1, latenessMs: 2_000 },
  },
  steadyState: { forMs: 2_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 3_000,
      forMs: 5_000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
    },
  ],
  settleMs: 7_000,
  objectives: [],
  alerts: { silent: ['OpenclawLayerDown', 'OpenclawRestartLoop', 'OpenclawSkillStale'] },
} as const satisfies Scenario;

export interface Sabotage {
  readonly name: string;
  /** What the scenario says of its one fault, above what it says by itself. */
  readonly alerts?: readonly ExpectedAlert[];
  /** What the run's parts are replaced with, and what is done right after the fault was proved. */
  prepare(): {
    readonly parts?: RunRequest['parts'];
    readonly wrap?: (platform: Platform) => Platform;
    readonly strike?: (platform: Platform) => void;
  };
  /** Found among the reasons: it was this sabotage that was noticed, not something else. */
  readonly noticed: RegExp;
}

export function neverHeld(sabotage: Sabotage): Promise<void> {
  return play(sabotage, ({ outcome, reasons }) => {
    expect(outcome).not.toBe('held');
    expect(reasons.map(({ text }) => text).join('\n')).toMatch(sabotage.noticed);
  });
}

/** The folder of a run that did not pass the check stays, to be looked at. */
export async function play(
  { name, alerts = [], prepare }: Omit<Sabotage, 'noticed'>,
  check: (verdict: Verdict, independence: Independence | undefined) => void,
): Promise<void> {
  const { loaded: manifest } = await loadManifest('resilient', root);
  if (manifest === undefined) throw new Error('no manifest resilient');
  const { provider } = await availableProvider('local');
  const [entry] = scenario.timeline;
  const paged: Scenario = { ...scenario, timeline: [{ ...entry, alerts }] };
  const plan = makePlan({
    scenario: paged,
    scenarioName: 'sabotage',
    file: name,
    manifest,
    platform: provider.name,
    seed: 1,
  });
  const { parts, wrap, strike } = prepare();
  let platform: Platform | undefined;
  const wrapped: PlatformProvider = {
    ...provider,
    start: async (request) => {
      const started = await provider.start(request);
      platform = wrap?.(started) ?? started;
      return platform;
    },
  };
  const listener: RunListener = {
    fault: ({ what }) => {
      if (what === 'proved' && platform !== undefined) strike?.(platform);
    },
  };
  const runId = `sabotage-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const runDir = join(root, '.chaos/runs', runId);
  const { signal } = new AbortController();
  const result = await runScenario({
    runId,
    runDir,
    plan,
    root,
    provider: wrapped,
    listener,
    signal,
    ...(parts && { parts }),
  });
  if (result.verdict === undefined) throw result.error ?? new Error('no verdict');
  check(result.verdict, result.independence);
  await rm(runDir, { recursive: true });
}
