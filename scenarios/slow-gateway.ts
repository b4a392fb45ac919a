/** Slow gateway: 2 s of latency between the gateway and the two layers that dial it. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Slow gateway',
  hypothesis: 'A gateway that takes 2 s to answer the other layers makes no skill later than before.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 6_000,
      forMs: 10_000,
      fault: { kind: 'latency', links: ['runtime-gateway', 'session-gateway'], latencyMs: 2_000 },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 10_000,
  objectives: [
    // Of every skill: one that requires the gateway needs it to be there, not to be quick.
    { sli: 'skillLatenessGrowthSeconds', is: '<=', threshold: 0.75 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', is: '<=', threshold: 1.5 },
  ],
  // Something is always on its way meanwhile: for about as long as these take to fire.
  alerts: { silent: 'all-others', mayFire: ['OpenclawOutboxGrowing', 'OpenclawMessagesUndelivered'] },
} as const satisfies Scenario;
