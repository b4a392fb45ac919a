/** How late, how long, and how often again. */
import { current, meanOver, quantileOver, ratePerSecond } from '../../../metrics/promql-live.ts';
import { backingOffOrNot } from '../../appearance/states.ts';
import { perSecond, unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { stateTimeline } from '../../panels/state-timeline.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { bySkill, legend, live, minStep } from './context.ts';

export const times = [
  line(8, [
    timeSeries({
      title: 'Lateness of the last start, by skill',
      description: 'From the due time of the latest slot to the start of its process.',
      unit: unitOf('openclaw_skill_last_start_lateness_seconds'),
      queries: [{ expr: current('openclaw_skill_last_start_lateness_seconds', bySkill), legend }],
      stepped: true,
    }),
    timeSeries({
      ...about('slotLatenessSeconds'),
      title: 'Slot lateness, all skills',
      queries: [
        { expr: ask('slotLatenessSeconds', live), legend: '99 %', minStep },
        { expr: ask('slotLatenessMedianSeconds', live), legend: 'median', minStep },
      ],
    }),
    timeSeries({
      title: 'Duration of runs, all skills',
      description: 'How long runs took, interpolated within buckets; the mean is exact.',
      unit: unitOf('openclaw_skill_run_duration_seconds'),
      queries: [
        { expr: quantileOver('openclaw_skill_run_duration_seconds', 0.99, live), legend: '99 %', minStep },
        { expr: quantileOver('openclaw_skill_run_duration_seconds', 0.5, live), legend: 'median', minStep },
        { expr: meanOver('openclaw_skill_run_duration_seconds', live), legend: 'mean', minStep },
      ],
    }),
  ]),
  line(8, [
    timeSeries({
      title: 'Time spent running, by skill',
      description:
        'Share of the time in which a run of the skill was in progress; above 100 % there were several at once.',
      unit: perSecond('openclaw_skill_run_seconds_total'),
      queries: [{ expr: ratePerSecond('openclaw_skill_run_seconds_total', bySkill), legend, minStep }],
    }),
    timeSeries({
      title: 'Failed runs and retries',
      description:
        'Runs a second that did not succeed, and attempts that failed or timed out and are followed by another one.',
      unit: perSecond('openclaw_skill_runs_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_skill_runs_total', bySkill, { outcome: { unlike: 'succeeded|cancelled' } }),
          legend: '{{skill}} failed',
          minStep: '5s',
        },
        {
          expr: ratePerSecond('openclaw_skill_retries_total', bySkill),
          legend: '{{skill}} tried again',
          minStep: '5s',
        },
      ],
    }),
    stateTimeline({
      title: 'Backing off',
      description: 'When the schedule of a skill paused because it had failed again and again.',
      queries: [{ expr: current('openclaw_skill_backoff', bySkill), legend }],
      states: backingOffOrNot,
      none: 'runtime not scraped',
    }),
  ]),
];
