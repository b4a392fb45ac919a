/** Clients, their messages, and how they come back. */
import { current, ratePerSecond } from '../../../metrics/promql-live.ts';
import { perSecond, unitOf } from '../../appearance/units.ts';
import { line } from '../../layout.ts';
import { timeSeries } from '../../panels/time-series.ts';
import { byResult, live, minStep } from './context.ts';

export const clients = [
  line(8, [
    timeSeries({
      title: 'Connections and event streams',
      description: 'Clients at the session layer; event streams that the gateway has open, one a session layer.',
      unit: 'short',
      queries: [
        { expr: current('openclaw_session_connections', live, {}, 'sum'), legend: 'clients' },
        { expr: current('openclaw_gateway_event_streams', live, {}, 'sum'), legend: 'event streams' },
      ],
      stepped: true,
    }),
    timeSeries({
      title: 'Messages of clients',
      description: 'Messages a second, new or sent again because no answer came. Duplicates are stored once.',
      unit: perSecond('openclaw_session_messages_total'),
      queries: [{ expr: ratePerSecond('openclaw_session_messages_total', byResult), legend: '{{result}}', minStep }],
      stacked: true,
    }),
    timeSeries({
      title: 'Deliveries to the gateway',
      description: 'What became of messages on their way to the gateway, and how many it took in.',
      unit: perSecond('openclaw_session_deliveries_total'),
      queries: [
        { expr: ratePerSecond('openclaw_session_deliveries_total', byResult), legend: '{{result}}', minStep },
        { expr: ratePerSecond('openclaw_gateway_messages_total', byResult), legend: 'taken in, {{result}}', minStep },
      ],
    }),
  ]),
  line(8, [
    timeSeries({
      title: 'Messages under way',
      description: 'Rises while the gateway is away, and must go back to zero after.',
      unit: unitOf('openclaw_session_undelivered'),
      queries: [{ expr: current('openclaw_session_undelivered', live, {}, 'sum'), legend: 'undelivered' }],
      stepped: true,
    }),
    timeSeries({
      title: 'Clients that came back',
      description: 'Hellos a second that named a session: could its log be continued?',
      unit: perSecond('openclaw_session_resumes_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_session_resumes_total', { ...live, by: ['recovered'] }),
          legend: 'continued: {{recovered}}',
          minStep,
        },
      ],
      stacked: true,
    }),
    timeSeries({
      title: 'Turned away and timed out',
      description: 'Connections a second refused or closed for cause, and those ended because the peer went silent.',
      unit: perSecond('openclaw_session_rejections_total'),
      queries: [
        {
          expr: ratePerSecond('openclaw_session_rejections_total', { ...live, by: ['reason'] }),
          legend: '{{reason}}',
          minStep,
        },
        { expr: ratePerSecond('openclaw_session_heartbeat_timeouts_total', live), legend: 'went silent', minStep },
      ],
    }),
  ]),
];
