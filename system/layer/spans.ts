/**
 * Spans of the layers, on nothing but OpenTelemetry's API: where no exporter is configured they record nothing and cost next to
 * nothing, and the trace context that came in is passed on as it is.
 */
import {
  type Attributes,
  type Context,
  context,
  isSpanContextValid,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { ATTR_ERROR_TYPE } from '@opentelemetry/semantic-conventions';
import { errorCode } from './errors.ts';
import { formatTraceparent, parseTraceparent } from './trace-context.ts';

const kinds = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
} as const;

export interface SpanOptions {
  readonly kind?: keyof typeof kinds;
  /** Traceparent of what this is a part of; absent: the active span, or a trace of its own if there is none. Null or malformed: a trace of its own. */
  readonly parent?: string | null | undefined;
  /** Traceparents of what this has to do with, without being a part of it. */
  readonly links?: readonly string[];
  readonly attributes?: Attributes;
  /** Unix ms, if it began earlier than now. */
  readonly startTime?: number;
}

const tracer = trace.getTracer('openclaw');

/** To be ended by whoever starts it. */
export function startSpan(name: string, options: SpanOptions = {}): Span {
  const { kind = 'internal', parent, links = [], attributes, startTime } = options;
  const linked = links.flatMap((link) => parseTraceparent(link) ?? []).map((linkedTo) => ({ context: linkedTo }));
  return tracer.startSpan(
    name,
    {
      kind: kinds[kind],
      links: linked,
      ...(attributes && { attributes }),
      ...(startTime !== undefined && { startTime }),
    },
    contextOf(parent),
  );
}

/** Runs `work` with a span that ends with it, and with its promise if it returns one. What it throws is recorded, and thrown on. */
export function inSpan<T>(name: string, options: SpanOptions, work: (span: Span) => T): T {
  const span = startSpan(name, options);
  const fail = (error: unknown): never => {
    failSpan(span, error);
    span.end();
    throw error;
  };
  let result: T;
  try {
    result = context.with(trace.setSpan(context.active(), span), work, undefined, span);
  } catch (error) {
    return fail(error);
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  return result.then((value) => {
    span.end();
    return value;
  }, fail) as T;
}

/** Runs `work` as a part of what `parent` names, without a span of its own: what it logs has the ids of that. */
export function inTrace<T>(parent: string | null | undefined, work: () => T): T {
  return context.with(contextOf(parent), work);
}

/** Marks the span as failed. */
export function failSpan(span: Span, error: unknown): void {
  if (error instanceof Error) span.recordException(error);
  span.setAttribute(ATTR_ERROR_TYPE, errorType(error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.message : String(error) });
}

/** What others are told so that they become a part of it; undefined where there is no trace at all. */
export function traceparentOf(span: Span | undefined = trace.getActiveSpan()): string | undefined {
  const spanContext = span?.spanContext();
  return spanContext !== undefined && isSpanContextValid(spanContext) ? formatTraceparent(spanContext) : undefined;
}

/** fetch hides the system's error (`ECONNREFUSED`) in `cause`. */
function errorType(error: unknown): string {
  if (!(error instanceof Error)) return 'error';
  return errorCode(error) ?? errorCode(error.cause) ?? error.name;
}

function contextOf(parent: string | null | undefined): Context {
  if (parent === undefined) return context.active();
  const remote = parseTraceparent(parent);
  return remote === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, remote);
}
