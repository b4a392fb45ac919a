/** Gateway down: the gateway is held down, then hangs. The title case: skills go on, and the operator's check tells. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Gateway down',
  hypothesis:
    "With the gateway down or hanging, skills run on schedule all the way, and the operator's shell check says degraded while it is down, operational after.",
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      forMs: 8_000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
    },
    {
      atMs: 20_000,
      forMs: 6_000,
      fault: { kind: 'hang', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 1 },
    { sli: 'gatewayConnectionAttempts', layer: 'runtime', is: '<=', threshold: 80 },
    { sli: 'gatewayConnectionAttempts', layer: 'session', is: '<=', threshold: 80 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'daily-memory', is: '<=', threshold: 1.5 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'health-report', is: '<=', threshold: 1.5 },
  ],
  operatorCheck: true,
} as const satisfies Scenario;
