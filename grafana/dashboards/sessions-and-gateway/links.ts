/** The way from layer to layer, and what else should be quiet. */
import { ratePerSecond } from '../../../metrics/promql-live.ts';
import { plain } from '../../appearance/colours.ts';
import { upOrDown } from '../../appearance/states.ts';
import { perSecond } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { ask } from '../../panels/figures.ts';
import { stat } from '../../panels/stat.ts';
import { stateTimeline } from '../../panels/state-timeline.ts';
import { text } from '../../panels/text.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { byLayer, live, minStep, shown } from './context.ts';

export const links = [
  line(8, [
    stateTimeline({
      title: 'Layers and their way to the gateway',
      description: 'Which layer answered Prometheus, and for which the gateway answered.',
      queries: [
        { expr: ask('layerUp', live), legend: '{{layer}}' },
        { expr: ask('gatewayReachable', live), legend: 'gateway, for {{layer}}' },
      ],
      states: upOrDown,
      none: 'not scraped',
    }),
    timeSeries({
      title: 'Dialling the gateway',
      description: 'Times a second that a layer dialled anew, and lost the gateway. A storm of reconnects shows here.',
      unit: perSecond('openclaw_gateway_connection_attempts_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_gateway_connection_attempts_total', byLayer),
          legend: '{{layer}} dialled',
          minStep,
        },
        {
          expr: ratePerSecond('openclaw_gateway_connection_issues_total', byLayer),
          legend: '{{layer}} lost it',
          minStep,
        },
      ],
    }),
    stat({
      title: 'Last lost, last regained',
      description: 'How long ago a layer last lost the gateway, and had it back, in the time shown.',
      unit: 's',
      queries: [
        { expr: ask('gatewayLostAgoSeconds', shown), legend: '{{layer}} lost it' },
        { expr: ask('gatewayRegainedAgoSeconds', shown), legend: '{{layer}} had it back' },
      ],
      steps: plain,
      decimals: 0,
      named: true,
      none: 'not lost',
    }),
  ]),
  line(8, [
    timeSeries({
      title: 'Tokens refused',
      description: 'Wrong tokens a second, and those not even looked at because their address had sent too many.',
      unit: perSecond('openclaw_auth_failures_total'),
      queries: [{ expr: ratePerSecond('openclaw_auth_failures_total', byLayer), legend: '{{layer}}', minStep }],
      byLayer: true,
    }),
    timeSeries({
      title: 'Spans of traces',
      description:
        'Spans a second by what became of them. Dropped: the queue was full; failed: the collector did not take them. Neither slows a layer.',
      unit: perSecond('openclaw_spans_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_spans_total', { ...live, by: ['layer', 'result'] }),
          legend: '{{layer}}: {{result}}',
          minStep,
        },
      ],
    }),
    text({
      title: 'How to read this',
      description: 'How messages and runs travel.',
      lines: [
        'A client’s message is durable in the **session layer** before it is acknowledged, then delivered to the **gateway**. The **runtime** pulls commands and pushes reports; nobody dials it.',
        '',
        'While the gateway is away, messages, commands and reports wait; none is lost. What waits must go back to zero.',
      ],
    }),
  ]),
];
