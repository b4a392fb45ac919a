/** What waits for the gateway, and what becomes of it. */
import { current, increaseOver, ratePerSecond } from '../../../metrics/promql-live.ts';
import { fewSteps, plain } from '../../appearance/colours.ts';
import { inMemoryOrDisk } from '../../appearance/states.ts';
import { perSecond, unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { stat } from '../../panels/stat.ts';
import { text } from '../../panels/text.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { bySkill, live, shown } from './context.ts';

export const wayOut = [
  line(
    8,
    [
      timeSeries({
        title: 'Deferred slots and reports that wait',
        description:
          'Slots that wait for what their skill requires, and reports in the outbox. Both must go back to zero once the gateway is there.',
        unit: 'short',
        queries: [
          { expr: current('openclaw_skill_deferred', bySkill), legend: 'deferred, {{skill}}' },
          { expr: current('openclaw_outbox_pending', live), legend: 'reports' },
        ],
        stepped: true,
      }),
      timeSeries({
        title: 'Reports sent, by result',
        description:
          'Attempts to deliver a report a second. Failed ones are tried again; dropped: the outbox was full.',
        unit: perSecond('openclaw_outbox_deliveries_total'),
        queries: [
          {
            expr: ratePerSecond('openclaw_outbox_deliveries_total', { ...live, by: ['result'] }),
            legend: '{{result}}',
            minStep: '5s',
          },
        ],
        stacked: true,
      }),
      stat({
        title: 'Reports cut short',
        description:
          'Reports in the time shown that lost their reason and output in a full outbox; their outcome stays.',
        unit: unitOf('openclaw_outbox_detail_dropped_total'),
        queries: [{ expr: increaseOver('openclaw_outbox_detail_dropped_total', shown), legend: 'cut short' }],
        steps: fewSteps,
        decimals: 0,
        none: 'runtime not scraped',
      }),
      stat({
        title: 'Ledger',
        description: 'In memory while the disk takes no writes: skills run on, but a crash now forgets what they did.',
        unit: 'none',
        queries: [{ expr: current('openclaw_ledger_in_memory', live), legend: 'ledger' }],
        steps: plain,
        states: inMemoryOrDisk,
        none: 'runtime not scraped',
      }),
      text({
        title: 'How to read this',
        description: 'What the figures of skills mean.',
        lines: [
          '**Uptime**: slots that got a run, of all slots. **Success**: runs that succeeded, of all that ended. **Lateness**: from due to started.',
          '',
          'Counters are restored from the ledger when the runtime starts, so a restart loses nothing here. A skill that **backs off** is started less and less often until it succeeds.',
        ],
      }),
    ],
    [6, 6, 4, 3, 5],
  ),
];
