/** What is seen in the first second: which run, how far, with what verdict. */
import { lastOver, totalOver } from '../../../metrics/promql-live.ts';
import { noneSteps, plain } from '../../appearance/colours.ts';
import { unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { about, ask } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { table } from '../../panels/table.ts';
import { shown } from './context.ts';

const run = table({
  title: 'Runs',
  description: 'The runs of the harness in the time shown.',
  keys: { scenario: 'Scenario', target: 'Target', platform: 'Platform' },
  columns: [
    {
      title: 'Seen',
      expr: lastOver('chaos_run_info', { ...shown, by: ['scenario', 'target', 'platform'] }),
      unit: 'none',
      states: { 1: ['in the time shown', 'neutral'] },
    },
  ],
  none: 'no run',
});

export const atOnce = [
  line(
    5,
    [
      run,
      stat({
        ...about('verdict'),
        queries: [{ expr: ask('verdict', shown), legend: '{{outcome}}' }],
        steps: plain,
        outcomes: { held: 'good', broken: 'bad', inconclusive: 'warning' },
        none: 'not judged',
      }),
      stat({
        title: 'Faults injected, proved',
        description: 'A fault that is not proved by a canary of its own makes the run inconclusive.',
        unit: unitOf('chaos_faults_injected_total'),
        queries: [
          { expr: totalOver('chaos_faults_injected_total', shown), legend: 'injected' },
          { expr: totalOver('chaos_faults_proved_total', shown), legend: 'proved' },
        ],
        steps: plain,
        none: 'none',
      }),
      stat({
        title: 'Lost or doubled',
        description:
          'Acknowledged messages, accepted runs, sessions and events that were gone afterwards, or there more than once.',
        unit: unitOf('chaos_durable_lost_total'),
        queries: [
          { expr: totalOver('chaos_durable_lost_total', shown), legend: 'lost' },
          { expr: totalOver('chaos_durable_doubled_total', shown), legend: 'doubled' },
        ],
        steps: noneSteps,
        none: 'not looked yet',
      }),
      stat({
        title: 'Disagreements',
        description: "Contradictions between what skills wrote, the ledger, and the layers' own counters.",
        unit: unitOf('chaos_disagreements_total'),
        queries: [{ expr: totalOver('chaos_disagreements_total', shown), legend: 'disagreements' }],
        steps: noneSteps,
        none: 'not looked yet',
      }),
    ],
    [8, 6, 4, 3, 3],
  ),
];
