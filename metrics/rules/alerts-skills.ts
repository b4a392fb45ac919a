/** Alerts about one skill: it has not succeeded when it should have by its own schedule, or it fails until it is paused. */
import { current } from '../promql-live.ts';
import { serviceSlis } from '../service-slis.ts';
import type { AlertSpec } from './alert.ts';

const now = { window: '30s' } as const;
const bySkill = { window: '30s', by: ['skill'] } as const;

const freshWithin = current('openclaw_skill_fresh_within_seconds', bySkill);
const lastSuccess = current('openclaw_skill_last_success_timestamp_seconds', bySkill);
const runtimeStart = current('openclaw_start_timestamp_seconds', now, { layer: 'runtime' });
const unsuccessful = current('openclaw_skill_runs_total', bySkill, { outcome: { not: 'succeeded' } });
const slots = current('openclaw_skill_slots_total', bySkill, {}, 'sum');

/**
 * A skill that never succeeded counts as fresh since the runtime started, and as new, so that it is left alone, until a run of it has failed
 * or a second slot was due. (A schedule may first be due long after the skill was installed.)
 */
const neverSucceededSince = `${freshWithin} * 0 + on () group_left () ${runtimeStart} and on (skill) (${unsuccessful} > 0 or ${slots} > 1)`;

/**
 * A machine that was off owes nothing for that time: what is due is only now caught up. `npm run health` judges in the same way. What fails
 * meanwhile is for OpenclawSkillBackingOff and the budget to say.
 */
const justStarted = `${freshWithin} > on () group_left () (time() - ${runtimeStart})`;

const runs = { run: 'npm run skill -- runs NAME', tells: 'its latest runs, and how each ended' };
const show = {
  run: 'npm run skill -- show NAME',
  tells: 'its schedule, its last run, and the problem with it if there is one',
};

export const skillAlerts = {
  OpenclawSkillStale: {
    expr: `time() - (${lastSuccess} or (${neverSucceededSince})) > on (skill) ${freshWithin} unless on (skill) (${justStarted})`,
    forSeconds: 5,
    severity: 'page',
    labels: ['skill'],
    summary: 'The skill {{ $labels.skill }} is stale.',
    description:
      'The skill {{ $labels.skill }} has not succeeded for {{ $value | humanizeDuration }}: longer than its own schedule allows.',
    runbook: {
      means:
        'No run of this skill has succeeded since its schedule demanded one: it fails, it does not start, or it waits for the gateway. The runtime has run for longer than that, so it is no catch-up after a start.',
      noticed: 'What the skill makes is old.',
      look: [
        show,
        runs,
        { run: 'npm run health', tells: 'whether it is this skill, or all of them' },
        {
          ask: current('openclaw_skill_deferred', bySkill),
          tells: 'slots that wait for what the skill requires',
        },
        {
          ask: `${current('openclaw_skill_slots_missed_total', { window: '30s', by: ['skill', 'reason'] })} > 0`,
          tells: 'slots that have no run, and why',
        },
      ],
      mend: 'If its runs fail: mend the skill (npm run skill -- validate ~/.openclaw/skills/NAME names what is wrong with its SKILL.md). If it is deferred: see OpenclawGatewayUnreachable. If nothing starts: see OpenclawLayerDown for the runtime.',
    },
  },
  OpenclawSkillBackingOff: {
    // A skill that is disabled while it pauses has no schedule to pause any more.
    expr: `${current('openclaw_skill_backoff', bySkill)} == 1 and on (skill) ${freshWithin}`,
    forSeconds: 0,
    severity: 'ticket',
    labels: ['skill'],
    summary: 'The skill {{ $labels.skill }} fails again and again, and is paused.',
    description:
      'The skill {{ $labels.skill }} failed five times in a row or more: the runtime leaves out slots of its schedule, for up to five minutes at a time.',
    runbook: {
      means: 'Its program or its SKILL.md is broken. The pause keeps a failing skill from using up the machine.',
      noticed: 'What the skill makes is missing; other skills are not touched.',
      look: [
        runs,
        show,
        {
          ask: serviceSlis.skillSuccessRatio.query({ window: '15m', by: ['skill'] }),
          tells: 'the share of its runs that succeed, beside those of other skills',
        },
      ],
      mend: 'Mend the skill, then npm run skill -- run NAME: a success ends the pause at once. The slots in it are counted as missed, with the reason backing-off.',
    },
  },
} as const satisfies Record<string, AlertSpec>;
