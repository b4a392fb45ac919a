/** The control: everything as in an experiment, but nothing is broken. Whatever does not hold here would prove nothing elsewhere. */
import type { Scenario } from '../scenario.ts';

export const noopScenario = {
  title: 'Nothing happens',
  hypothesis: 'With no fault at all, every skill runs on schedule and nothing is lost.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    { atMs: 5_000, forMs: 6_000, fault: { kind: 'noop' }, expect: { session: 'ok', gateway: 'ok', runtime: 'ok' } },
  ],
  settleMs: 6_000,
  objectives: [{ sli: 'skillLatenessGrowthSeconds', is: '<=', threshold: 1 }],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
