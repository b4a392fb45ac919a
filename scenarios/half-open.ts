/** Half-open: the way to the sessions swallows everything and closes nothing, and no client hangs up by itself. */
import type { Scenario } from '../chaos/scenario.ts';

const sessions = 20;

export default {
  title: 'Half-open connections',
  hypothesis:
    'Connections whose peers fell silent without a word are found and ended by the session layer within 15 s, and resumed completely once the way is whole.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 2, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 5, runSkill: 'daily-memory', runEveryMs: 1_000, crowd: { sessions, heartbeat: false } },
  timeline: [
    {
      atMs: 4_000,
      // What is not found by the end of it is never found: the way is whole again then.
      forMs: 15_000,
      fault: { kind: 'link-blackhole', links: ['client-session'] },
      expect: { session: 'failed', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 7_000,
  objectives: [
    { sli: 'heartbeatTimeouts', is: '>=', threshold: sessions },
    { sli: 'crowdBackSeconds', fault: '1-link-blackhole', is: '<=', threshold: 5 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
