/** The gateway's own metrics. */
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';

export function instruments(registry: Registry) {
  const metrics = {
    requests: instrument(registry, 'openclaw_gateway_run_requests_total'),
    cancels: instrument(registry, 'openclaw_gateway_cancel_requests_total'),
    reports: instrument(registry, 'openclaw_gateway_reports_total'),
    messages: instrument(registry, 'openclaw_gateway_messages_total'),
    pending: instrument(registry, 'openclaw_gateway_commands_pending'),
    streams: instrument(registry, 'openclaw_gateway_event_streams'),
  };
  metrics.streams.set(0);
  return metrics;
}
