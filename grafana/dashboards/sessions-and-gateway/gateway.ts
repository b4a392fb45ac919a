/** What the gateway was asked for, and what it tells. */
import { current, ratePerSecond } from '../../../metrics/promql-live.ts';
import { perSecond, unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { byResult, live, minStep } from './context.ts';

export const gateway = [
  line(8, [
    timeSeries({
      title: 'Runs asked for, and reports of runs',
      description:
        'Requests to run or cancel a skill a second, and reports that the runtime sent; repeated ones change nothing.',
      unit: perSecond('openclaw_gateway_run_requests_total'),
      queries: [
        { expr: ratePerSecond('openclaw_gateway_run_requests_total', byResult), legend: 'run, {{result}}', minStep },
        {
          expr: ratePerSecond('openclaw_gateway_cancel_requests_total', byResult),
          legend: 'cancel, {{result}}',
          minStep,
        },
        { expr: ratePerSecond('openclaw_gateway_reports_total', byResult), legend: 'report, {{result}}', minStep },
      ],
    }),
    timeSeries({
      title: 'Commands pending',
      description: 'Commands that the runtime has not acknowledged: rises while it cannot reach the gateway.',
      unit: unitOf('openclaw_gateway_commands_pending'),
      queries: [{ expr: current('openclaw_gateway_commands_pending', live, {}, 'sum'), legend: 'commands' }],
      stepped: true,
    }),
    timeSeries({
      title: 'Events taken over by sessions',
      description: 'Events of the gateway a second that the session layer took over into the logs of sessions.',
      unit: perSecond('openclaw_session_events_total'),
      queries: [{ expr: ratePerSecond('openclaw_session_events_total', live), legend: 'events', minStep }],
    }),
  ]),
];
