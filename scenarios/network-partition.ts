/** Network partition: the user and the runtime are cut off from the session layer and the gateway. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Network partition',
  hypothesis:
    'Cut off from session layer and gateway, local skills run on schedule; those that require the gateway are deferred, and caught up within 10 s of heal.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 2, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 5_000,
      // The slowest local skill has 7 slots in it.
      forMs: 14_000,
      fault: {
        kind: 'partition',
        groups: [
          ['client', 'runtime'],
          ['session', 'gateway'],
        ],
        mode: 'blackhole',
      },
      expect: { session: 'failed', gateway: 'failed', runtime: 'ok' },
      alerts: [
        // The session layer is on the gateway's side of the cut.
        {
          alert: 'OpenclawGatewayUnreachable',
          labels: { layer: ['runtime'] },
          withinMs: 14_000,
          resolvesWithinMs: 10_000,
        },
      ],
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'skillSlotsExposed', skill: 'daily-memory', is: '>=', threshold: 5 },
    { sli: 'skillSlotsExposed', skill: 'health-report', is: '>=', threshold: 5 },
    // Deferred is not failed: a slot of the fault's first seconds started only after heal, and soon enough.
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'tiktok-poster', is: '>=', threshold: 5 },
    { sli: 'skillLatenessMaxSeconds', phase: 'during', skill: 'tiktok-poster', is: '<=', threshold: 26 },
    { sli: 'skillSlotsMissed', skill: 'tiktok-poster', is: '==', threshold: 0 },
    { sli: 'detectSeconds', fault: '1-partition', layer: 'runtime', is: '<=', threshold: 15 },
    { sli: 'reconnectSeconds', fault: '1-partition', layer: 'runtime', is: '<=', threshold: 15 },
    { sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 1 },
    // Backed off to 1 s, an outage of 14 s and the start before it need a fraction of this.
    { sli: 'gatewayConnectionAttempts', layer: 'runtime', is: '<=', threshold: 60 },
  ],
  // Reports pile up for about as long as this takes to fire.
  alerts: { silent: 'all-others', mayFire: ['OpenclawOutboxGrowing'] },
} as const satisfies Scenario;
