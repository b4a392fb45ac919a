/** Runtime restart: the skill runtime is killed while a skill runs, then its whole container crashes, and then it is killed again and again. */
import type { Scenario } from '../chaos/scenario.ts';

export default {
  title: 'Runtime restart',
  hypothesis: 'However the runtime dies, every slot has exactly one completed effect, and cron recovers by itself.',
  skills: {
    // A slot that is due right after recovery waits until the backlog of its skill is worked off, one run after the other.
    'daily-memory': { everySeconds: 1, latenessMs: 3_000, catchUpMs: 10_000 },
    'health-report': { everySeconds: 2, latenessMs: 3_000, catchUpMs: 10_000 },
    'tiktok-poster': { everySeconds: 2, latenessMs: 3_000, catchUpMs: 10_000 },
  },
  steadyState: { forMs: 3_000, withinMs: 60_000 },
  user: { messagesPerSecond: 2, runSkill: 'daily-memory', runEveryMs: 1_000 },
  timeline: [
    {
      atMs: 7_000,
      fault: { kind: 'kill', nodes: ['runtime'], whileSkillRuns: true },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
    {
      atMs: 15_000,
      fault: { kind: 'crash', nodes: ['runtime'] },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
    },
    {
      atMs: 23_000,
      // Up for long enough in between to be scraped, and to begin with what is due.
      forMs: 14_000,
      fault: { kind: 'kill', nodes: ['runtime'], everyMs: 4_500 },
      expect: { session: 'ok', gateway: 'ok', runtime: 'paused' },
      alerts: [
        // The third start within 30 s; over when the first of the last three is 30 s ago.
        {
          alert: 'OpenclawRestartLoop',
          labels: { layer: ['runtime'] },
          withinMs: 18_000,
          resolvesWithinMs: 40_000,
        },
      ],
    },
  ],
  settleMs: 10_000,
  objectives: [
    { sli: 'skillSlotsMissed', is: '==', threshold: 0 },
    { sli: 'skillSlotsDoubled', is: '==', threshold: 0 },
  ],
  // Where it starts slowly, it is down for about as long as this takes to fire.
  alerts: { silent: 'all-others', mayFire: ['OpenclawLayerDown'] },
} as const satisfies Scenario;
