import { type Context, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { BatchSpanProcessor, type ReadableSpan, type Span, type SpanExporter } from '@opentelemetry/sdk-trace';
import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { inSpan } from '../spans.ts';
import { boundedExport, type SpanResult } from './bounded-export.ts';
import { RecordedSpans } from './recorded-spans.fixture.ts';

const maxQueueSize = 20;
const maxExportBatchSize = 5;

/** What the collector was given, and its word on each batch, to be said by the test. */
let batches: { readonly spans: number; readonly within: boolean; readonly settle: (error?: Error) => void }[];
let counts: Record<SpanResult, number>;
let lines: { readonly level: number; readonly msg: string; readonly reason?: string }[];
let processor: ReturnType<typeof boundedExport>;

beforeEach(() => {
  batches = [];
  counts = { exported: 0, failed: 0, dropped: 0 };
  lines = [];
  const exporter: SpanExporter = {
    export: (spans, done) =>
      batches.push({
        spans: spans.length,
        within: trace.getActiveSpan() !== undefined,
        settle: (error) => done(error === undefined ? { code: 0 } : { code: 1, error }),
      }),
    shutdown: async () => {},
  };
  const batching = (counting: SpanExporter) =>
    new BatchSpanProcessor({ exporter: counting, maxQueueSize, maxExportBatchSize, scheduledDelayMillis: 1 });
  processor = boundedExport(exporter, batching, {
    maxQueueSize,
    log: pino({}, { write: (line) => lines.push(JSON.parse(line)) }),
    count: (result, spans) => {
      counts[result] += spans;
    },
  });
});

function end(spans: number, traceFlags = 1): void {
  const context = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags };
  const span = { spanContext: () => context, resource: {} } as unknown as Span & ReadableSpan;
  for (let n = 0; n < spans; n += 1) {
    processor.onStart(span, ROOT_CONTEXT as Context);
    processor.onEnd(span);
  }
}

/** Resolves when the collector has been given so many batches; after one that failed the SDK may send two at a time. */
const given = (count: number) => expect.poll(() => batches.length).toBeGreaterThanOrEqual(count);

describe('spans', () => {
  it('are exported in batches, and counted when the collector has taken them', async () => {
    end(7);
    await given(1);
    expect(counts).toEqual({ exported: 0, failed: 0, dropped: 0 });
    batches[0]?.settle();
    await given(2);
    batches[1]?.settle();
    expect(batches.map(({ spans }) => spans)).toEqual([5, 2]);
    expect(counts).toEqual({ exported: 7, failed: 0, dropped: 0 });
    expect(lines).toEqual([]);
  });

  it('are held up to the bound while the collector does not answer, what is under way included, and dropped beyond', async () => {
    end(1000);
    await given(1);
    end(1000);
    expect(counts).toEqual({ exported: 0, failed: 0, dropped: 1980 });
    batches[0]?.settle();
    end(100);
    expect(counts).toEqual({ exported: 5, failed: 0, dropped: 1980 + 95 });
  });

  it('make room when they fail, again and again', async () => {
    end(2000);
    for (let batch = 1; batch <= 12; batch += 1) {
      await given(batch);
      batches[batch - 1]?.settle(new Error('refused'));
      end(5);
    }
    expect(counts).toEqual({ exported: 0, failed: 60, dropped: 1980 });
  });

  it('are exported within none of them, at once as well as later: lines of the log would have its ids', async () => {
    await using _tracing = new RecordedSpans();
    inSpan('at once', {}, () => end(5));
    inSpan('later', {}, () => end(1));
    await given(1);
    batches[0]?.settle();
    await given(2);
    batches[1]?.settle();
    await new Promise((resolve) => setImmediate(resolve));
    inSpan('by a timer', {}, () => end(1));
    await given(3);
    expect(batches.map(({ within }) => within)).toEqual([false, false, false]);
  });

  it('are not counted if they are not sampled', () => {
    end(100, 0);
    expect(counts).toEqual({ exported: 0, failed: 0, dropped: 0 });
  });
});

describe('the log', () => {
  it('tells once that the collector fails, and once that it takes spans again', async () => {
    end(20);
    for (const [batch, error] of [new Error('one'), new Error('two'), undefined, undefined].entries()) {
      await given(batch + 1);
      batches[batch]?.settle(error);
    }
    expect(lines.map(({ level, reason }) => [level, reason])).toEqual([
      [40, 'one'],
      [30, undefined],
    ]);
  });
});
