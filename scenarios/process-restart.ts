/** Process restart: session layer and gateway are killed again and again, while messages and run requests are in flight. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Process restart',
  hypothesis:
    'Session layer and gateway, killed again and again, come back by themselves with every acknowledged message, accepted run and session; cron goes on.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 10, runSkill: 'daily-memory', runEveryMs: 500 },
  timeline: [
    {
      atMs: 5_000,
      // So often that they are down for most of the time, and at other moments of each second; more often, two cores do nothing but start them.
      forMs: 8_000,
      fault: { kind: 'kill', nodes: ['session', 'gateway'], everyMs: 1_100 },
      expect: { session: 'paused', gateway: 'paused', runtime: 'ok' },
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'durableLost', what: 'message', is: '==', threshold: 0 },
    { sli: 'durableLost', what: 'run', is: '==', threshold: 0 },
    { sli: 'durableLost', what: 'session', is: '==', threshold: 0 },
    { sli: 'gatewayConnectionIssues', layer: 'runtime', is: '>=', threshold: 1 },
    { sli: 'gatewayConnectionAttempts', layer: 'runtime', is: '<=', threshold: 80 },
  ],
  // As luck has it: down for as long as the first two take to fire, or up in between often enough for the others.
  alerts: {
    silent: 'all-others',
    mayFire: [
      'OpenclawOutboxGrowing',
      'OpenclawMessagesUndelivered',

      'OpenclawLayerDown',
      'OpenclawGatewayUnreachable',
      'OpenclawRestartLoop',
      'OpenclawGatewayConnectionIssues',
    ],
  },
} as const satisfies Scenario;
