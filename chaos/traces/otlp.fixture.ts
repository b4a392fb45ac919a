/** For tests: spans as an exporter sends them. */

export interface Sent {
  readonly trace?: string;
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly kind?: number;
  /** Unix ms. */
  readonly atMs?: number;
  readonly ms?: number;
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
  readonly error?: string;
}

export const aTrace = '4bf92f3577b34da6a3ce929d0e0e4736';

export function sentSpan({
  trace = aTrace,
  id,
  parent,
  name = 'a span',
  kind = 1,
  atMs = 1e12,
  ms = 5,
  ...more
}: Sent) {
  return {
    traceId: trace,
    spanId: id,
    ...(parent !== undefined && { parentSpanId: parent }),
    name,
    kind,
    startTimeUnixNano: `${atMs}000000`,
    endTimeUnixNano: `${atMs + ms}000000`,
    attributes: Object.entries(more.attributes ?? {}).map(([key, value]) => ({ key, value: anyValue(value) })),
    status: more.error === undefined ? {} : { code: 2, message: more.error },
  };
}

export function exportRequest(spans: readonly unknown[], service = 'openclaw-runtime') {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'openclaw' }, spans }] }] };
}

/** The number in as many hex digits as a span's id has. */
export function spanId(number: number): string {
  return number.toString(16).padStart(16, '0');
}

function anyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  return typeof value === 'number' ? { intValue: String(value) } : { boolValue: value };
}
