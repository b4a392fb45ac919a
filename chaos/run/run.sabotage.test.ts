/**
 * Sabotages the measurement of real runs, in every way we could think of. Whatever comes out, it must not be `held`; and the same run
 * without sabotage must be, or the rest would prove nothing.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type RuleFile, ruleFiles } from '../../metrics/rules/rule-files.ts';
import { faultOf } from '../faults/registry.ts';
import type { Platform } from '../platform/platform.ts';
import { Recorder } from '../recorder.ts';
import { neverHeld, play, type Sabotage } from './sabotage.fixture.ts';

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
  {
    name: 'a rule pages too early, and the scenario waits for a page that does not come',
    alerts: [{ alert: 'OpenclawRestartLoop', withinMs: 10_000 }],
    prepare: () => ({ parts: { ruleFiles: () => withLayerDown((rule) => rule.replace('for: 10s', 'for: 1s')) } }),
    noticed: /nobody would be paged: OpenclawRestartLoop did not fire[\s\S]*paged for nothing[^\n]*OpenclawLayerDown/,
  },
  {
    name: 'a file of rules is missing',
    prepare: () => ({ parts: { ruleFiles: () => ruleFiles().slice(1) } }),
    noticed: /prometheus: its rules: openclaw-alerts\.yml: the group openclaw is not loaded/,
  },
];

describe('a run whose measurement is not sabotaged', { timeout: 240_000 }, () => {
  it('is held, and its traces tell why', () =>
    play({ name: 'none', prepare: () => ({}) }, ({ outcome, reasons }, independence) => {
      expect(reasons).toEqual([]);
      expect(outcome).toBe('held');
      expect(independence?.judged).toBeGreaterThan(0);
      expect(independence?.independent).toBe(independence?.judged);
    }));
});

// Side by side: they wait most of the time.
describe.concurrent('a run whose measurement is sabotaged', { timeout: 240_000 }, () => {
  it.each(sabotages)('$name: never held, and noticed', (sabotage) => neverHeld(sabotage));
});

/** The rules that are committed, but for one. */
function withLayerDown(change: (rule: string) => string): readonly RuleFile[] {
  return ruleFiles().map(({ name, text }) => ({
    name,
    text: text.replace(/- alert: OpenclawLayerDown$[\s\S]*?(?= +- alert: )/m, change),
  }));
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
