/** WebSocket drop: the user's connection is reset again and again, then goes silent. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'WebSocket drop',
  hypothesis:
    "While the user's WebSocket is reset or silent, skills run on schedule; afterwards the user has every event exactly once and in order.",
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 5, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      forMs: 6_000,
      fault: { kind: 'link-reset', links: ['client-session'], everyMs: 1_500 },
      expect: { session: 'interrupted', gateway: 'ok', runtime: 'ok' },
    },
    {
      atMs: 20_000,
      forMs: 8_000,
      fault: { kind: 'link-blackhole', links: ['client-session'] },
      expect: { session: 'failed', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 8_000,
  objectives: [
    { sli: 'durableLost', what: 'event', is: '==', threshold: 0 },
    { sli: 'durableDoubled', what: 'event', is: '==', threshold: 0 },
    { sli: 'sessionsResumedRatio', is: '==', threshold: 1 },
    { sli: 'skillLatenessGrowthSeconds', is: '<=', threshold: 1 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
