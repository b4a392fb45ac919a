/**
 * Structured logs: one JSON object a line on stdout, written at once, so a SIGKILL loses none. A line that cannot be written, as on a full
 * disk, is lost: the layer goes on.
 */
import { writeFileSync } from 'node:fs';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { type Logger, pino } from 'pino';

export type { Logger };

/** An unknown level is taken as `info`: it is the configuration's task to refuse it, with a message. */
export function createLogger(layer: string, level = 'info'): Logger {
  const known = level === 'silent' || level in pino.levels.values;
  const options = {
    level: known ? level : 'info',
    base: { layer, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: activeSpan,
  };
  return pino(options, { write });
}

/** Named as OpenTelemetry wants it of logs that are not OTLP. Pino adds to what it is given, so it is new each time. */
function activeSpan(): Record<string, unknown> {
  const active = trace.getActiveSpan()?.spanContext();
  if (active === undefined || !isSpanContextValid(active)) return {};
  return { trace_id: active.traceId, span_id: active.spanId };
}

// Pino's own destinations write later, or end the process where they cannot write; its flushSync never returns then.
function write(line: string): void {
  try {
    writeFileSync(1, line);
  } catch {
    // There is nowhere to tell it.
  }
}
