/** What is seen in the first second: all skills together. */
import { current } from '../../../metrics/promql-live.ts';
import { fewSteps, noneSteps, plain, shareSteps } from '../../appearance/colours.ts';
import { unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { live, shown } from './context.ts';

export const atOnce = [
  line(4, [
    stat({
      ...about('skillUptimeRatio'),
      description: `${about('skillUptimeRatio').description} Over the time shown.`,
      queries: [{ expr: ask('skillUptimeRatio', shown), legend: 'slots with a run' }],
      steps: shareSteps,
      none: 'none due',
    }),
    stat({
      ...about('skillSuccessRatio'),
      description: `${about('skillSuccessRatio').description} Over the time shown.`,
      queries: [{ expr: ask('skillSuccessRatio', shown), legend: 'succeeded' }],
      steps: shareSteps,
      none: 'none finished',
    }),
    stat({
      ...about('skillRuns'),
      queries: [{ expr: ask('skillRuns', shown), legend: 'runs' }],
      steps: plain,
      decimals: 0,
      none: 'runtime not scraped',
    }),
    stat({
      ...about('skillFailures'),
      queries: [{ expr: ask('skillFailures', shown), legend: 'failed' }],
      steps: fewSteps,
      decimals: 0,
      none: 'runtime not scraped',
    }),
    stat({
      title: 'Running now',
      description: 'Runs in progress.',
      unit: unitOf('openclaw_skill_running'),
      queries: [{ expr: current('openclaw_skill_running', live, {}, 'sum'), legend: 'running' }],
      steps: plain,
      none: 'runtime not scraped',
    }),
    stat({
      title: 'Kept from running',
      description:
        'Skills whose schedule pauses because they failed again and again, and folders whose SKILL.md cannot be used; `npm run skill -- list` says why.',
      unit: 'short',
      queries: [
        { expr: current('openclaw_skill_backoff', live, {}, 'sum'), legend: 'backing off' },
        { expr: current('openclaw_skill_problem', live, {}, 'sum'), legend: 'SKILL.md unusable' },
      ],
      steps: noneSteps,
      none: 'runtime not scraped',
    }),
    stat({
      title: 'Deferred',
      description: 'Slots that wait for what their skill requires: not failed, and never lost.',
      unit: unitOf('openclaw_skill_deferred'),
      queries: [{ expr: current('openclaw_skill_deferred', live, {}, 'sum'), legend: 'deferred' }],
      steps: fewSteps,
      none: 'runtime not scraped',
    }),
  ]),
];
