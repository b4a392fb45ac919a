/** Service SLIs of layers: whether they answer Prometheus, and what they say of their way to the gateway and of sessions. */
import { changesOver, current, increaseOver, ratePerSecond, shareOfTime, up } from './promql-live.ts';
import { byDefault, type ServiceSli, share } from './service-sli.ts';

const resumes = 'openclaw_session_resumes_total';

export const layerServiceSlis = {
  layerUp: {
    unit: 'count',
    sentence: '1 if the layer answered the latest scrape.',
    title: 'Layer up',
    query: ({ by = ['layer'], ...context }) => `min by (${by.join(', ')}) (${up(context)})`,
  },
  layerAvailabilityRatio: {
    unit: 'ratio',
    sentence:
      'Share of the scrapes in the window that the layer answered: an outage shorter than a scrape interval is not seen.',
    title: 'Layer availability',
    query: ({ by = ['layer'], ...context }) =>
      `avg by (${by.join(', ')}) (avg_over_time(${up(context)}[${context.window}]))`,
  },
  layerDegraded: {
    unit: 'count',
    sentence: '1 while the layer does something less well than it should, and says so in /health.',
    title: 'Layer degraded',
    query: (context) => current('openclaw_degraded', byDefault(['layer'], context)),
  },
  layerStarts: {
    unit: 'count',
    sentence: 'Starts of the layer in the window, as far as they lasted until a scrape.',
    title: 'Layer starts',
    query: (context) => changesOver('openclaw_start_timestamp_seconds', byDefault(['layer'], context)),
  },
  gatewayReachable: {
    unit: 'count',
    sentence: '1 while the gateway answers this layer, 0 while it does not.',
    title: 'Gateway reachable',
    query: (context) => current('openclaw_gateway_reachable', byDefault(['layer'], context), {}, 'min'),
  },
  gatewayReachableRatio: {
    unit: 'ratio',
    sentence: 'Share of the window in which the gateway answered this layer.',
    title: 'Gateway reachable, share of time',
    query: (context) => shareOfTime('openclaw_gateway_reachable', byDefault(['layer'], context)),
  },
  gatewayConnectionIssues: {
    unit: 'count',
    sentence: 'Times in the window that the gateway turned from reachable to unreachable for this layer.',
    title: 'Gateway connection issues',
    query: (context) => increaseOver('openclaw_gateway_connection_issues_total', byDefault(['layer'], context)),
  },
  gatewayConnectionAttempts: {
    unit: 'count',
    sentence: 'Times in the window that this layer dialled the gateway anew.',
    title: 'Gateway connection attempts',
    query: (context) => increaseOver('openclaw_gateway_connection_attempts_total', byDefault(['layer'], context)),
  },
  sessionsResumedRatio: {
    unit: 'ratio',
    sentence: 'Share of the clients that came back in the window whose session could be continued where it was.',
    title: 'Sessions resumed',
    query: (context) => share(ratePerSecond(resumes, context, { recovered: 'true' }), ratePerSecond(resumes, context)),
  },
} as const satisfies Record<string, ServiceSli>;
