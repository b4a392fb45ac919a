/** The session layer's metrics, made from the catalogue; counters start at 0 for every label, so that none appears late. */
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';

const rejections = [
  'bad-frame',
  'deleted',
  'forbidden',
  'frame-too-big',
  'hello-timeout',
  'origin',
  'protocol-unsupported',
  'replaced',
  'slow-consumer',
  'storage',
  'token-in-url',
  'too-many-connections',
  'too-many-failures',
  'too-many-sessions',
  'unauthorized',
] as const;
export type Rejection = (typeof rejections)[number];

const deliveryResults = ['delivered', 'refused', 'given-up'] as const;
type DeliveryResult = (typeof deliveryResults)[number];

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
  for (const result of ['new', 'duplicate']) messages.inc({ result }, 0);
  for (const recovered of ['true', 'false']) resumes.inc({ recovered }, 0);
  for (const reason of rejections) rejected.inc({ reason }, 0);
  for (const result of deliveryResults) deliveries.inc({ result }, 0);
  return {
    connections: instrument(registry, 'openclaw_session_connections'),
    events: instrument(registry, 'openclaw_session_events_total'),
    heartbeatTimeouts: instrument(registry, 'openclaw_session_heartbeat_timeouts_total'),
    undelivered: instrument(registry, 'openclaw_session_undelivered'),
    deliveries: (result, by) => deliveries.inc({ result }, by),
    message: (result) => messages.inc({ result }),
    resume: (recovered) => resumes.inc({ recovered: String(recovered) }),
    rejected: (reason) => rejected.inc({ reason }),
  };
}
