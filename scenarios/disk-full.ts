/** Disk full: the disks that hold the runtime's ledger and the status files take no byte more. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Disk full',
  hypothesis:
    'With no room for its ledger nor for status files, the runtime runs every skill on schedule, and says that it is degraded.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 1_500 },
    'health-report': { everySeconds: 1, latenessMs: 1_500 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 1_500 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 6_000,
      // Long enough to use up whatever room the runtime may have put by, and for somebody to be told.
      forMs: 22_000,
      fault: { kind: 'disk-full', nodes: ['runtime'] },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
      alerts: [
        { alert: 'OpenclawLayerDegraded', labels: { layer: ['runtime'] }, withinMs: 22_000, resolvesWithinMs: 15_000 },
      ],
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'skillLatenessGrowthSeconds', is: '<=', threshold: 1 },
    { sli: 'layerSaidDegraded', layer: 'runtime', is: '==', threshold: 1 },
    { sli: 'layerStillDegraded', layer: 'runtime', is: '==', threshold: 0 },
  ],
  alerts: { silent: 'all-others' },
} as const satisfies Scenario;
