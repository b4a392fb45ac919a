/**
 * The bound on spans, counted: what is held, waiting for the collector or under way to it, never exceeds the queue's size; what ends beyond it
 * is dropped. A collector that begins to fail is told of once, and once when it takes spans again.
 */
import { context, ROOT_CONTEXT, TraceFlags } from '@opentelemetry/api';
import type { ReadableSpan, SpanExporter, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

export type SpanResult = 'exported' | 'failed' | 'dropped';

export interface BoundOptions {
  readonly maxQueueSize: number;
  readonly log: Logger;
  readonly count: (result: SpanResult, spans: number) => void;
}

type Export = SpanExporter['export'];

/** `ExportResultCode.SUCCESS` of `@opentelemetry/core`. */
const success = 0;

/** Puts the bound before the processor that `batching` makes of the exporter. */
export function boundedExport(
  exporter: SpanExporter,
  batching: (exporter: SpanExporter) => SpanProcessor,
  { maxQueueSize, log, count }: BoundOptions,
): SpanProcessor {
  let held = 0;
  let failing = false;
  const settle = (spans: number, error: Error | undefined): void => {
    held -= spans;
    count(error === undefined ? 'exported' : 'failed', spans);
    if (failing === (error !== undefined)) return;
    failing = error !== undefined;
    if (failing) log.warn({ reason: reasonOf(error) }, 'the collector does not take spans: what is traced may be lost');
    else log.info('the collector takes spans again');
  };
  const counting: Export = (spans, done) =>
    exporter.export(spans, (result) => {
      settle(spans.length, result.code === success ? undefined : (result.error ?? new Error('it did not say why')));
      done(result);
    });
  const inner = batching({ export: counting, shutdown: () => exporter.shutdown() });
  return {
    onStart: (span, parent) => inner.onStart(span, parent),
    onEnd: (span: ReadableSpan) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      if (held >= maxQueueSize) {
        count('dropped', 1);
        return;
      }
      held += 1;
      // Else timers, sockets and lines of the log would be those of whichever span was active just now.
      context.with(ROOT_CONTEXT, () => inner.onEnd(span));
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  };
}

function reasonOf(error: Error | undefined): string | undefined {
  return error && (error.message || error.name);
}
