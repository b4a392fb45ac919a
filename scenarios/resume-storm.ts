/** Resume storm: every session is cut off at once and kept away, and then all come back together. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Resume storm',
  hypothesis:
    'A hundred sessions that come back at once are all resumed within 5 s, each acknowledged message once in its log, and no skill is late for it.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 5, runSkill: 'daily-memory', runEveryMs: 1_000, crowd: { sessions: 100 } },
  timeline: [
    {
      atMs: 4_000,
      forMs: 5_000,
      fault: { kind: 'link-down', links: ['client-session'] },
      expect: { session: 'failed', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 7_000,
  objectives: [
    { sli: 'crowdBackSeconds', fault: '1-link-down', is: '<=', threshold: 5 },
    { sli: 'sessionsResumedRatio', is: '==', threshold: 1 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
