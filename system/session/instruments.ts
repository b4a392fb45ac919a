/** The session layer's metrics, made from the catalogue. */
import type { Registry } from 'prom-client';
import type { LabelValue } from '../../metrics/catalog.ts';
import { instrument } from '../../metrics/instrument.ts';

export type Rejection = LabelValue<'openclaw_session_rejections_total', 'reason'>;
type DeliveryResult = LabelValue<'openclaw_session_deliveries_total', 'result'>;

export interface Instruments {
  readonly connections: { set(value: number): void };
  readonly events: { inc(by: number): void };
  readonly heartbeatTimeouts: { inc(): void };
  readonly undelivered: { set(value: number): void };
  deliveries(result: DeliveryResult, messages: number): void;
  message(result: 'new' | 'duplicate'): void;
  resume(recovered: boolean): void;
  rejected(reason: Rejection): void;
}

export function sessionInstruments(registry: Registry): Instruments {
  const messages = instrument(registry, 'openclaw_session_messages_total');
  const resumes = instrument(registry, 'openclaw_session_resumes_total');
  const rejected = instrument(registry, 'openclaw_session_rejections_total');
  const deliveries = instrument(registry, 'openclaw_session_deliveries_total');
  const connections = instrument(registry, 'openclaw_session_connections');
  connections.set(0);
  return {
    connections,
    events: instrument(registry, 'openclaw_session_events_total'),
    heartbeatTimeouts: instrument(registry, 'openclaw_session_heartbeat_timeouts_total'),
    undelivered: instrument(registry, 'openclaw_session_undelivered'),
    deliveries: (result, by) => deliveries.inc({ result }, by),
    message: (result) => messages.inc({ result }),
    resume: (recovered) => resumes.inc({ recovered: recovered ? 'true' : 'false' }),
    rejected: (reason) => rejected.inc({ reason }),
  };
}
