/** Whether the alerts came that should, and went again. */
import { lastOver } from '../../../metrics/promql-live.ts';
import { noneSteps } from '../../appearance/colours.ts';
import { firedOrNot, unresolvedOrNot } from '../../appearance/states.ts';
import { line } from '../../layout.ts';
import { ask, column } from '../../panels/figures.ts';
import { stateTimeline } from '../../panels/state-timeline.ts';
import { table } from '../../panels/table.ts';
import { live, shown } from './context.ts';

export const alerts = [
  line(
    8,
    [
      table({
        title: 'Alerts that the faults should fire',
        description:
          'Did the page come, how soon, and did it go away? A page that nobody would get is a broken verdict.',
        keys: { fault: 'Fault', alert: 'Alert' },
        columns: [
          {
            title: 'Fired',
            expr: lastOver('chaos_fault_alert_fired', { ...shown, by: ['fault', 'alert'] }),
            unit: 'none',
            states: firedOrNot,
          },
          column('alertFiredSeconds', shown, { decimals: 1 }),
          column('alertResolvedSeconds', shown, { decimals: 1 }),
          {
            title: 'After',
            expr: lastOver('chaos_fault_alert_unresolved', { ...shown, by: ['fault', 'alert'] }),
            unit: 'none',
            states: unresolvedOrNot,
          },
        ],
        none: '–',
      }),
      table({
        title: 'Alerts, all the way',
        description:
          'How long each alert fired of the time that the harness watched it, and for how long for nothing that a fault was to raise it for.',
        keys: { alert: 'Alert' },
        columns: [
          column('alertFiringRatio', shown, { title: 'Firing', decimals: 1 }),
          {
            title: 'False alarm',
            expr: lastOver('chaos_alert_unexpected_seconds_total', { ...shown, by: ['alert'] }),
            unit: 's',
            steps: noneSteps,
            decimals: 1,
          },
        ],
        none: '–',
      }),
      stateTimeline({
        title: 'Alerts',
        description: 'What fired, and when.',
        queries: [{ expr: ask('alertsFiring', { ...live, by: ['alertname'] }), legend: '{{alertname}}' }],
        states: { 1: ['firing', 'bad'] },
        none: 'nothing fired',
      }),
    ],
    [10, 7, 7],
  ),
];
