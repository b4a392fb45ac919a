/** Torn state: the skill runtime is killed, and its ledger is garbage, then empty, then cut off, when it comes up again. */
import type { Scenario } from '../chaos/scenario.ts';

/** So that slots come due meanwhile. */
const downMs = 1_500;

export default {
  title: 'Torn state',
  hypothesis:
    'A runtime that finds its ledger destroyed starts all the same, and learns from what else is left: no slot is lost, and none runs twice.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 10_000 },
    'health-report': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 10_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 3_000, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 7_000,
      fault: { kind: 'torn-state', nodes: ['runtime'], how: 'garbage', downMs },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
    {
      atMs: 15_000,
      fault: { kind: 'torn-state', nodes: ['runtime'], how: 'empty', downMs },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
    {
      // Half of its log of changes is left: a ledger that has gone back in time.
      atMs: 23_000,
      fault: { kind: 'torn-state', nodes: ['runtime'], how: 'truncate', file: 'state/runtime.sqlite-wal', downMs },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'skillSlotsMissed', is: '==', threshold: 0 },
    { sli: 'skillSlotsDoubled', is: '==', threshold: 0 },
  ],
  // Three starts within 30 s or not, and 15 s of telling what was lost: that depends on how soon it recovers.
  alerts: { silent: 'all-others', mayFire: ['OpenclawRestartLoop', 'OpenclawLayerDegraded'] },
} as const satisfies Scenario;
