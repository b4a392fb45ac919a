/** Clock jump: the wall clock of all layers leaps ahead and falls back, then lags behind and catches up. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Clock jump',
  hypothesis:
    'However the clock jumps, each slot runs exactly once: early by a clock that is ahead, late by one that is behind.',
  skills: {
    // A slot that is due right after a jump waits until those that came due in it are worked off, one run after the other.
    'daily-memory': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 6_000 },
    'health-report': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 6_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 3_000, catchUpMs: 6_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      forMs: 6_000,
      fault: { kind: 'clock-jump', nodes: ['session', 'gateway', 'runtime'], byMs: 4_000 },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
    },
    {
      // Once the true time has come to where the clock had been, so that slots are due again.
      atMs: 17_000,
      forMs: 6_000,
      fault: { kind: 'clock-jump', nodes: ['session', 'gateway', 'runtime'], byMs: -3_000 },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 8_000,
  objectives: [
    { sli: 'skillSlotsMissed', is: '==', threshold: 0 },
    { sli: 'skillSlotsDoubled', is: '==', threshold: 0 },
    // That the clocks were believed: by the one that lagged, slots came late.
    { sli: 'skillLatenessMaxSeconds', phase: 'during', is: '>=', threshold: 2 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
