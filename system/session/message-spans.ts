/** The session layer's spans: one for each message that it takes from a client and each event that it takes from the gateway, never one a connection. */
import type { Span } from '@opentelemetry/api';
import { startSpan, traceparentOf } from '../layer/spans.ts';
import type { GatewayEvent } from '../layer/wire.ts';

interface IncomingMessage {
  readonly id: string;
  readonly bodyJson: string;
  readonly traceparent?: string;
}

const system = { 'messaging.system': 'openclaw' };

/** To be ended when the message is on disk; of a message that was stored before it is to be let go. */
export function startMessageSpan(session: string, { id, bodyJson, traceparent }: IncomingMessage): Span {
  return startSpan('receive message', {
    kind: 'consumer',
    parent: traceparent ?? null,
    attributes: {
      ...system,
      'messaging.operation.name': 'receive',
      'messaging.operation.type': 'receive',
      'messaging.message.id': id,
      'messaging.message.body.size': Buffer.byteLength(bodyJson),
      'openclaw.session.id': session,
    },
  });
}

/** To be ended when the event is on disk. */
export function startEventSpan({ id, type, run, traceparent }: GatewayEvent): Span {
  return startSpan('process event', {
    kind: 'consumer',
    parent: traceparent ?? null,
    attributes: {
      ...system,
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.message.id': String(id),
      'openclaw.event.type': type,
      'openclaw.run.id': run.id,
      'openclaw.skill.name': run.skill,
    },
  });
}

/** With the span's trace context for its own; without tracing that is the one it came with, unless it is malformed. */
export function within<T extends { readonly traceparent?: string | undefined }>(
  span: Span,
  { traceparent: _, ...rest }: T,
) {
  const traceparent = traceparentOf(span);
  return { ...rest, ...(traceparent !== undefined && { traceparent }) };
}
