/** Flapping link: the connections of session layer and runtime to the gateway are reset again and again. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Flapping link',
  hypothesis:
    'However often their connections to the gateway are reset, session layer and runtime are back at once: no message, run or event is lost, and no skill is late.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500, catchUpMs: 6_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 5, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      forMs: 9_000,
      fault: { kind: 'link-reset', links: ['session-gateway', 'runtime-gateway'], everyMs: 1_500 },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
      alerts: [
        // The third break within 30 s, seen by a scrape; over when the first of the last three is 30 s ago.
        {
          alert: 'OpenclawGatewayConnectionIssues',
          labels: { layer: ['session', 'runtime'] },
          withinMs: 12_000,
          resolvesWithinMs: 35_000,
        },
      ],
    },
  ],
  settleMs: 7_000,
  objectives: [
    { sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 3 },
    { sli: 'gatewayConnectionIssues', layer: 'session', is: '>=', threshold: 3 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
