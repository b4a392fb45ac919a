/**
 * Sabotages the measurement of real runs, in every way we could think of. Whatever comes out, it must not be `held`; and the same run
 * without sabotage must be, or the rest would prove nothing.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableProvider, root } from '../commands/prepare.ts';
import { faultOf } from '../faults/registry.ts';
import { loadManifest } from '../input/load.ts';
import { makePlan } from '../plan/plan.ts';
import type { Platform, PlatformProvider } from '../platform/platform.ts';
import { Recorder } from '../recorder.ts';
import type { Scenario } from '../scenario.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type RunListener, type RunRequest, runScenario } from './run.ts';

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
} as const satisfies Scenario;

interface Sabotage {
  readonly name: string;
  /** What the run's parts are replaced with, and what is done right after the fault was proved. */
  prepare(): {
    readonly parts?: RunRequest['parts'];
    readonly wrap?: (platform: Platform) => Platform;
    readonly strike?: (platform: Platform) => void;
  };
  /** Found among the reasons: it was this sabotage that was noticed, not something else. */
  readonly noticed: RegExp;
}

const sabotages: readonly Sabotage[] = [
  {
    name: 'Prometheus is stopped in the middle of the run',
    prepare: () => ({ strike: (platform) => void platform.stopPrometheus() }),
    noticed: /prometheus/i,
  },
  {
    name: "the recorder's endpoint is gone",
    prepare: () => {
      let recorder: Recorder | undefined;
      const startRecorder = async () => {
        recorder = await Recorder.start();
        return recorder;
      };
      return { parts: { startRecorder }, strike: () => void recorder?.close() };
    },
    noticed: /recorder/,
  },
  {
    name: 'a probe is dead',
    prepare: () => {
      let dead = false;
      return {
        wrap: (platform) =>
          instead(platform, {
            observerAddress: (node) => {
              if (dead && node === 'session') throw new Error('this probe is dead');
              return platform.observerAddress(node);
            },
          }),
        // For most of the fault; the last readings go the same way, and are not what is sabotaged here.
        strike: () => {
          dead = true;
          setTimeout(() => {
            dead = false;
          }, 3_000);
        },
      };
    },
    noticed: /observed/,
  },
  {
    name: 'the injection does nothing',
    prepare: () => ({
      parts: {
        faultOf: (spec) => {
          const fault = faultOf(spec);
          return { ...fault, prepare: (...given) => ({ ...fault.prepare(...given), inject: async () => {} }) };
        },
      },
    }),
    noticed: /not proved/,
  },
  {
    name: 'the fault is replaced by noop, which proves whatever it is asked',
    prepare: () => ({ parts: { faultOf: () => faultOf({ kind: 'noop' }) } }),
    noticed: /onset/,
  },
  {
    name: "the skills' effect files are removed",
    prepare: () => ({
      strike: (platform) => void rm(join(platform.home('runtime'), 'effects'), { recursive: true, force: true }),
    }),
    noticed: /daily-memory|health-report|effect/,
  },
];

const blocked: Sabotage = {
  name: 'the event loop of the harness is blocked',
  prepare: () => ({ strike: () => blockFor(2_500) }),
  noticed: /observed/,
};

// One at a time: what blocks the loop of this process sabotages whatever else runs in it.
describe('a run whose measurement is sabotaged', { timeout: 120_000 }, () => {
  it('is held if it is not', async () => {
    const verdict = await play({ name: 'none', prepare: () => ({}), noticed: /./ });
    expect(verdict.reasons).toEqual([]);
    expect(verdict.outcome).toBe('held');
  });

  it(`${blocked.name}: never held, and noticed`, () => neverHeld(blocked));
});

// Side by side: they wait most of the time.
describe.concurrent('a run whose measurement is sabotaged', { timeout: 240_000 }, () => {
  it.each(sabotages)('$name: never held, and noticed', (sabotage) => neverHeld(sabotage));
});

async function neverHeld(sabotage: Sabotage): Promise<void> {
  const verdict = await play(sabotage);
  expect(verdict.outcome).not.toBe('held');
  expect(verdict.reasons.map(({ text }) => text).join('\n')).toMatch(sabotage.noticed);
}

async function play({ name, prepare }: Sabotage): Promise<Verdict> {
  const { loaded: manifest } = await loadManifest('resilient', root);
  if (manifest === undefined) throw new Error('no manifest resilient');
  const { provider } = await availableProvider('docker');
  const plan = makePlan({ scenario, scenarioName: 'sabotage', file: name, manifest, platform: provider.name, seed: 1 });
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
  return result.verdict;
}

/** The platform, but for some of its calls. */
function instead(platform: Platform, calls: Partial<Platform>): Platform {
  return new Proxy(platform, {
    get: (target, property) => {
      const own = Reflect.get(calls, property);
      if (own !== undefined) return own;
      const value = Reflect.get(target, property);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function blockFor(ms: number): void {
  const endMs = performance.now() + ms;
  while (performance.now() < endMs);
}
