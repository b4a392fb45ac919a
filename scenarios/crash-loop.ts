/** Crash loop: one skill fails as soon as it is started, whenever it is started. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Crash loop',
  hypothesis:
    'A skill that keeps failing is started less and less often and delays no other; mended, it is back on its schedule by itself.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    // Mended, it has this long to be back on its schedule: as long as the pause may be after 25 s of failures, and a bit.
    'health-report': { everySeconds: 1, latenessMs: 1_500, catchUpMs: 19_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      // Until it has been stale for 5 s by its own schedule: a period, its timeout of 10 s and 5 s to start in.
      forMs: 25_000,
      fault: { kind: 'break-skill', skill: 'health-report' },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
      alerts: [
        {
          alert: 'OpenclawSkillBackingOff',
          labels: { skill: ['health-report'] },
          withinMs: 12_000,
          resolvesWithinMs: 23_000,
        },
        {
          alert: 'OpenclawSkillStale',
          labels: { skill: ['health-report'] },
          withinMs: 28_000,
          resolvesWithinMs: 23_000,
        },
      ],
    },
  ],
  settleMs: 23_000,
  objectives: [
    // 25 slots are due meanwhile.
    { sli: 'faultBlows', fault: '1-break-skill', is: '<=', threshold: 12 },
    { sli: 'skillLatenessGrowthSeconds', skill: 'daily-memory', is: '<=', threshold: 1 },
    { sli: 'skillLatenessGrowthSeconds', skill: 'tiktok-poster', is: '<=', threshold: 1 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
