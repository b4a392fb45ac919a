/** A row a skill. */
import { current, increaseOver } from '../../../metrics/promql-live.ts';
import { fewSteps, shareSteps } from '../../appearance/colours.ts';
import { backingOffOrNot, usableOrNot } from '../../appearance/states.ts';
import { column } from '../../panels/figures.ts';
import { table } from '../../panels/table.ts';
import { uids } from '../uids.ts';
import { ageSteps, bySkill, live, shownBySkill } from './context.ts';

export const perSkill = table({
  title: 'Skills',
  description:
    'A row a skill. Age is that of the last success, as a share of what the schedule allows: stale above 100 %. A click on a name shows that skill alone.',
  keys: { skill: 'Skill' },
  columns: [
    column('skillAgeSeconds', live, { decimals: 0 }),
    column('skillAgeRatio', live, { title: 'Age, of allowed', steps: ageSteps, decimals: 0 }),
    column('skillUptimeRatio', shownBySkill, { title: 'Uptime', steps: shareSteps, decimals: 2 }),
    column('skillSuccessRatio', shownBySkill, { title: 'Success', steps: shareSteps, decimals: 2 }),
    column('skillRuns', shownBySkill, { title: 'Runs', decimals: 0 }),
    column('skillFailures', shownBySkill, { title: 'Failed', steps: fewSteps, decimals: 0 }),
    {
      title: 'Retries',
      expr: increaseOver('openclaw_skill_retries_total', shownBySkill),
      unit: 'short',
      steps: fewSteps,
      decimals: 0,
    },
    {
      title: 'Last lateness',
      expr: current('openclaw_skill_last_start_lateness_seconds', bySkill),
      unit: 's',
      decimals: 2,
    },
    { title: 'Deferred', expr: current('openclaw_skill_deferred', bySkill), unit: 'short', steps: fewSteps },
    { title: 'Schedule', expr: current('openclaw_skill_backoff', bySkill), unit: 'none', states: backingOffOrNot },
    { title: 'SKILL.md', expr: current('openclaw_skill_problem', bySkill), unit: 'none', states: usableOrNot },
  ],
  more: { uid: uids.skills, variable: 'skill' },
  none: '–',
});
