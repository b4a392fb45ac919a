/**
 * A scenario for the harness that is no experiment: it breaks as much as a minute and a half can hold, so that each panel has
 * something to show. Its verdict is of no interest. Played by `record.ts`.
 */
export default {
  title: 'Everything breaks',
  hypothesis: 'None: this is played for its pictures.',
  skills: {
    'daily-memory': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 15_000 },
    'health-report': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 15_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 3_000, catchUpMs: 15_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 5, runSkill: 'daily-memory', runEveryMs: 1_000, crowd: { sessions: 5 } },
  timeline: [
    {
      atMs: 5_000,
      forMs: 4_000,
      fault: { kind: 'link-reset', links: ['client-session'], everyMs: 1_500 },
      expect: { session: 'interrupted', gateway: 'ok', runtime: 'ok' },
    },
    {
      atMs: 14_000,
      forMs: 20_000,
      fault: { kind: 'outage', nodes: ['gateway'] },
      expect: { session: 'ok', gateway: 'failed', runtime: 'ok' },
      alerts: [
        { alert: 'OpenclawLayerDown', labels: { layer: ['gateway'] }, withinMs: 18_000, resolvesWithinMs: 10_000 },
        { alert: 'OpenclawOutboxGrowing', withinMs: 18_000, resolvesWithinMs: 15_000 },
      ],
    },
    {
      atMs: 40_000,
      forMs: 6_000,
      fault: { kind: 'kill', nodes: ['session', 'gateway'], everyMs: 700 },
      expect: { session: 'paused', gateway: 'paused', runtime: 'ok' },
    },
    {
      atMs: 54_000,
      fault: { kind: 'kill', nodes: ['runtime'], whileSkillRuns: true },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
    {
      atMs: 64_000,
      forMs: 12_000,
      fault: { kind: 'break-skill', skill: 'health-report' },
      expect: { session: 'ok', gateway: 'ok', runtime: 'ok' },
    },
  ],
  settleMs: 16_000,
  objectives: [],
  alerts: { silent: ['OpenclawNoData'] },
};
