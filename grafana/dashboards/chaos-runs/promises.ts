/** What skills and users were promised, phase by phase. */
import { lastOver, type ServiceContext } from '../../../metrics/promql-live.ts';
import { noneSteps, shareSteps } from '../../appearance/colours.ts';
import { line } from '../../layout.ts';
import { column } from '../../panels/figures.ts';
import { table } from '../../panels/table.ts';
import { shown } from './context.ts';

const perSlot = ['skill', 'phase'];

const slots: ServiceContext = { ...shown, by: perSlot };

export const promises = [
  line(
    9,
    [
      table({
        title: 'Slots of the schedules',
        description:
          'Due is computed from the scenario, executed is read from what the skills themselves wrote. Phases are judged apart.',
        keys: { skill: 'Skill', phase: 'Phase' },
        columns: [
          { title: 'Due', expr: lastOver('chaos_schedule_slots_due_total', slots), unit: 'short' },
          { title: 'Executed', expr: lastOver('chaos_schedule_slots_executed_total', slots), unit: 'short' },
          column('slotsInTimeRatio', shown, { title: 'In time', steps: shareSteps, decimals: 1 }),
          {
            title: 'Doubled',
            expr: lastOver('chaos_schedule_slots_doubled_total', slots),
            unit: 'short',
            steps: noneSteps,
          },
          { title: 'Latest', expr: lastOver('chaos_skill_lateness_max_seconds', slots), unit: 's', decimals: 2 },
        ],
        none: '–',
      }),
      table({
        title: 'Availability, as probed',
        description:
          'By layer, side and phase: share of the observed seconds without an outage (2 bad probes in a row).',
        keys: { layer: 'Layer', vantage: 'Seen by', phase: 'Phase' },
        columns: [
          column('observedAvailabilityRatio', shown, { title: 'Available', steps: shareSteps, decimals: 2 }),
          {
            title: 'Observed',
            expr: lastOver('chaos_layer_observed_seconds_total', { ...shown, by: ['layer', 'vantage', 'phase'] }),
            unit: 's',
            decimals: 1,
          },
        ],
        none: '–',
      }),
    ],
    [13, 11],
  ),
  line(7, [
    table({
      title: 'What became of slots',
      description: 'By ledger and effects together.',
      keys: { skill: 'Skill', outcome: 'Outcome', phase: 'Phase' },
      columns: [
        {
          title: 'Slots',
          expr: lastOver('chaos_skill_outcomes_total', { ...shown, by: ['skill', 'outcome', 'phase'] }),
          unit: 'short',
        },
      ],
      none: '–',
    }),
    table({
      title: 'Exposed slots',
      description:
        'Slots that were due while the target of a fault was down: with fewer than three a verdict on skills says nothing.',
      keys: { fault: 'Fault', skill: 'Skill' },
      columns: [
        {
          title: 'Exposed',
          expr: lastOver('chaos_schedule_slots_exposed_total', { ...shown, by: ['fault', 'skill'] }),
          unit: 'short',
        },
      ],
      none: '–',
    }),
    table({
      title: 'Promises to the user',
      description: 'What was acknowledged, and looked for afterwards.',
      keys: { what: 'What' },
      columns: [
        { title: 'Checked', expr: lastOver('chaos_durable_checked_total', { ...shown, by: ['what'] }), unit: 'short' },
        {
          title: 'Lost',
          expr: lastOver('chaos_durable_lost_total', { ...shown, by: ['what'] }),
          unit: 'short',
          steps: noneSteps,
        },
        {
          title: 'Doubled',
          expr: lastOver('chaos_durable_doubled_total', { ...shown, by: ['what'] }),
          unit: 'short',
          steps: noneSteps,
        },
      ],
      none: '–',
    }),
  ]),
];
