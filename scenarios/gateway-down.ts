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
      // Until everybody has been paged who is to be.
      forMs: 20_000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
      alerts: [
        { alert: 'OpenclawLayerDown', labels: { layer: ['gateway'] }, withinMs: 16_000, resolvesWithinMs: 10_000 },
        {
          alert: 'OpenclawGatewayUnreachable',
          labels: { layer: ['session', 'runtime'] },
          withinMs: 11_000,
          resolvesWithinMs: 10_000,
        },
        { alert: 'OpenclawOutboxGrowing', withinMs: 18_000, resolvesWithinMs: 20_000 },
        { alert: 'OpenclawMessagesUndelivered', withinMs: 18_000, resolvesWithinMs: 20_000 },
        { alert: 'OpenclawLayerDegraded', labels: { layer: ['session'] }, withinMs: 20_000, resolvesWithinMs: 10_000 },
      ],
    },
    {
      atMs: 32_000,
      forMs: 6_000,
      fault: { kind: 'hang', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'detectSeconds', fault: '1-outage', layer: 'runtime', is: '<=', threshold: 15 },
    { sli: 'detectSeconds', fault: '1-outage', layer: 'session', is: '<=', threshold: 15 },
    { sli: 'reconnectSeconds', fault: '1-outage', layer: 'runtime', is: '<=', threshold: 15 },
    { sli: 'reconnectSeconds', fault: '1-outage', layer: 'session', is: '<=', threshold: 15 },
    { sli: 'firstSuccessSeconds', fault: '1-outage', is: '<=', threshold: 30 },
    { sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 1 },
    { sli: 'gatewayConnectionAttempts', layer: 'runtime', is: '<=', threshold: 80 },
    { sli: 'gatewayConnectionAttempts', layer: 'session', is: '<=', threshold: 80 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'daily-memory', is: '<=', threshold: 1.5 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'health-report', is: '<=', threshold: 1.5 },
  ],
  operatorCheck: true,
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
