/** Whether the harness itself was fit to measure. */
import { current, ratePerSecond } from '../../../metrics/promql-live.ts';
import { perSecond, unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { text } from '../../panels/text.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { live } from './context.ts';

export const harness = [
  line(7, [
    timeSeries({
      title: 'Lag of the harness',
      description: 'Share of the time in which its event loop lagged over 250 ms: nothing was observed then.',
      unit: perSecond('chaos_harness_lag_seconds_total'),
      queries: [{ expr: ratePerSecond('chaos_harness_lag_seconds_total', live), legend: 'lag', minStep: '5s' }],
      max: 1,
    }),
    timeSeries({
      title: 'Phases',
      description: 'How long each phase has lasted.',
      unit: unitOf('chaos_window_seconds_total'),
      queries: [{ expr: current('chaos_window_seconds_total', { ...live, by: ['phase'] }), legend: '{{phase}}' }],
      stacked: true,
    }),
    text({
      title: 'How to read this',
      description: 'What a run is, and what its verdict rests on.',
      lines: [
        'A run: steady state, then faults one after the other, each **injected**, **proved** and **healed**, then recovery. **Held**: every promise was kept, on complete data. **Broken**: one was not. **Inconclusive**: the data do not say.',
        '',
        'The verdict is judged from the run’s journal (`npm run chaos -- judge RUN`), not from this page. Empty: no run has been played in the time shown.',
      ],
    }),
  ]),
];
