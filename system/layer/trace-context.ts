/** W3C Trace Context as text: what crosses a link, stands in a row of a database, or in the environment of a process. */
import type { SpanContext } from '@opentelemetry/api';

/** Version 00, of which neither id may be all zeros (https://www.w3.org/TR/trace-context/#traceparent-header). */
export const traceparentPattern = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Undefined for what is absent or malformed: what follows is then a trace of its own. */
export function parseTraceparent(text: unknown): SpanContext | undefined {
  const match = typeof text === 'string' ? traceparentPattern.exec(text) : null;
  if (match === null) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = match;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}

export function formatTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
}
