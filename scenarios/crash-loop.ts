/** Crash loop: one skill fails as soon as it is started, whenever it is started. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Crash loop',
  hypothesis:
    'A skill that keeps failing is started less and less often and delays no other; mended, it is back on its schedule by itself.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    // Mended, it has this long to be back on its schedule: as long as the pause may be after 15 s of failures, and a bit.
    'health-report': { everySeconds: 1, latenessMs: 1_500, catchUpMs: 12_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      forMs: 15_000,
      fault: { kind: 'break-skill', skill: 'health-report' },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 16_000,
  objectives: [
    // 15 slots are due meanwhile.
    { sli: 'faultBlows', fault: '1-break-skill', is: '<=', threshold: 9 },
    { sli: 'skillLatenessGrowthSeconds', skill: 'daily-memory', is: '<=', threshold: 1 },
    { sli: 'skillLatenessGrowthSeconds', skill: 'tiktok-poster', is: '<=', threshold: 1 },
  ],
} as const satisfies Scenario;
