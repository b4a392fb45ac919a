/** What was broken, and how long until all was well again. */
import { lastOver, ratePerSecond, type ServiceContext } from '../../../metrics/promql-live.ts';
import { faultOrNone, recoveredOrNot } from '../../appearance/states.ts';
import { perSecond } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask, column } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { stateTimeline } from '../../panels/state-timeline.ts';
import { table } from '../../panels/table.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { doubtful, live, recoverySteps, shown } from './context.ts';

const perFault = ['fault'];

const perView = ['fault', 'layer', 'vantage'];

const shownByFault: ServiceContext = { ...shown, by: perFault };

const shownByView: ServiceContext = { ...shown, by: perView };

export const faults = [
  line(
    8,
    [
      stateTimeline({
        title: 'Faults',
        description: 'From injection to heal. These windows are marked on every panel of every dashboard.',
        queries: [{ expr: ask('faultActive', live), legend: '{{fault}}' }],
        states: faultOrNone,
        none: 'no fault',
      }),
      table({
        title: 'Each fault',
        description: 'What was dealt, and what the user noticed of it.',
        keys: { fault: 'Fault' },
        columns: [
          { title: 'Injected', expr: lastOver('chaos_faults_injected_total', shownByFault), unit: 'short' },
          {
            title: 'Proved',
            expr: lastOver('chaos_faults_proved_total', shownByFault),
            unit: 'short',
            steps: doubtful,
          },
          { title: 'Blows', expr: lastOver('chaos_fault_blows_total', shownByFault), unit: 'short' },
          { title: 'Disconnects', expr: lastOver('chaos_fault_disconnects_total', shownByFault), unit: 'short' },
          {
            title: 'Blows that interrupted',
            expr: lastOver('chaos_fault_interruptions_total', shownByFault),
            unit: 'short',
          },
          { title: 'In flight', expr: lastOver('chaos_fault_in_flight_total', shownByFault), unit: 'short' },
          { title: 'Crowd back', expr: lastOver('chaos_crowd_back_seconds', shownByFault), unit: 's', decimals: 2 },
        ],
        none: '–',
      }),
    ],
    [10, 14],
  ),
  line(
    9,
    [
      table({
        title: 'Recovery',
        description:
          'A row for each layer that a fault hit, from each side it was watched: seen is the first bad probe after injection, recovered the first good one of the streak that lasted, counted from heal or the last blow.',
        keys: { fault: 'Fault', layer: 'Layer', vantage: 'Seen by' },
        columns: [
          column('onsetSeconds', shown, { decimals: 3 }),
          column('recoverySeconds', shown, { steps: recoverySteps, decimals: 3 }),
          {
            title: 'Known to',
            expr: lastOver('chaos_fault_recovery_resolution_seconds', shownByView),
            unit: 's',
            decimals: 3,
          },
          { title: 'Outages', expr: lastOver('chaos_fault_outages_total', shownByView), unit: 'short' },
          {
            title: 'Good probes while failed',
            expr: lastOver('chaos_fault_good_probes_total', shownByView),
            unit: 'short',
          },
          {
            title: 'State',
            expr: lastOver('chaos_fault_unrecovered', shownByView),
            unit: 'none',
            states: recoveredOrNot,
          },
        ],
        none: '–',
      }),
      table({
        title: 'What the layers noticed',
        description:
          'By their own word: how long after injection a layer knew that the gateway was gone, and how long after the end of the fault it had it back.',
        keys: { fault: 'Fault', layer: 'Layer' },
        columns: [column('detectSeconds', shown, { decimals: 2 }), column('reconnectSeconds', shown, { decimals: 2 })],
        none: '–',
      }),
    ],
    [16, 8],
  ),
  line(8, [
    stat({
      ...about('firstSuccessSeconds'),
      description: `${about('firstSuccessSeconds').description} The whole way of a user, after each fault.`,
      queries: [{ expr: ask('firstSuccessSeconds', shown), legend: '{{fault}}' }],
      steps: recoverySteps,
      decimals: 2,
      named: true,
      none: 'no fault is over',
    }),
    timeSeries({
      title: 'Probes',
      description:
        'Probes a second, by result. There must be some all the way: what nobody looks at cannot be seen to fail.',
      unit: perSecond('chaos_probes_total'),
      queries: [
        {
          expr: ratePerSecond('chaos_probes_total', { ...live, by: ['layer', 'result'] }),
          legend: '{{layer}}: {{result}}',
        },
      ],
    }),
  ]),
];
