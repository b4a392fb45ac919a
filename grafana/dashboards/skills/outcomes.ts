/** What became of slots and runs. */
import { ratePerSecond } from '../../../metrics/promql-live.ts';
import { perSecond } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { ageSteps, bySkill, legend, live, minStep } from './context.ts';

export const outcomes = [
  line(8, [
    timeSeries({
      ...about('skillUptimeRatio'),
      queries: [{ expr: ask('skillUptimeRatio', bySkill), legend, minStep }],
      max: 1,
    }),
    timeSeries({
      ...about('skillSuccessRatio'),
      queries: [{ expr: ask('skillSuccessRatio', bySkill), legend, minStep }],
      max: 1,
    }),
    timeSeries({
      ...about('skillAgeRatio'),
      queries: [{ expr: ask('skillAgeRatio', live), legend }],
      limits: ageSteps,
    }),
  ]),
  line(8, [
    timeSeries({
      title: 'Runs by outcome',
      description: 'Finished runs a second, by what became of them.',
      unit: perSecond('openclaw_skill_runs_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_skill_runs_total', { ...live, by: ['outcome'] }),
          legend: '{{outcome}}',
          minStep: '5s',
        },
      ],
      stacked: true,
    }),
    timeSeries({
      title: 'Slots by fate',
      description: 'Slots of the schedules a second: claimed at once, caught up, deferred, missed.',
      unit: perSecond('openclaw_skill_slots_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_skill_slots_total', { ...live, by: ['fate'] }),
          legend: '{{fate}}',
          minStep: '5s',
        },
      ],
      stacked: true,
    }),
    timeSeries({
      title: 'Slots missed, by reason',
      description:
        'Slots that have no run, and why. Zero unless a schedule was overrun or the runtime was down for longer than it may catch up.',
      unit: perSecond('openclaw_skill_slots_missed_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_skill_slots_missed_total', { ...live, by: ['skill', 'reason'] }),
          legend: '{{skill}}: {{reason}}',
          minStep: '5s',
        },
      ],
    }),
  ]),
];
