import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { failSpan, inSpan, inTrace, startSpan, traceparentOf } from './spans.ts';
import { RecordedSpans } from './tracing/recorded-spans.fixture.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const parent = `00-${traceId}-${spanId}-01`;
const malformed = parent.toUpperCase();

// First, for there is no way back from tracing to no tracing.
describe('without tracing', () => {
  it('passes on the parent that it is given, and nothing where it is given none or one that is malformed', () => {
    expect(traceparentOf(startSpan('a', { parent }))).toBe(parent);
    for (const none of [undefined, null, malformed, ''])
      expect(traceparentOf(startSpan('a', { parent: none }))).toBeUndefined();
    expect(inSpan('a', { parent }, (span) => traceparentOf(span))).toBe(parent);
    expect(traceparentOf()).toBeUndefined();
  });
});

describe('with tracing', () => {
  let recorded: RecordedSpans;
  beforeEach(() => {
    recorded ??= new RecordedSpans();
    recorded.reset();
  });
  afterAll(() => recorded[Symbol.asyncDispose]());

  it('is a part of its parent, and has links, attributes, a kind and a start of its own', () => {
    const span = startSpan('a', {
      kind: 'consumer',
      parent,
      links: [`00-${traceId}-1111111111111111-01`, malformed],
      attributes: { 'openclaw.x': 1 },
      startTime: 1_700_000_000_000,
    });
    span.end();
    const [a] = recorded.all;
    expect(a?.spanContext().traceId).toBe(traceId);
    expect(a?.parentSpanContext?.spanId).toBe(spanId);
    expect(a?.kind).toBe(SpanKind.CONSUMER);
    expect(a?.attributes).toEqual({ 'openclaw.x': 1 });
    expect(a?.links.map(({ context }) => context.spanId)).toEqual(['1111111111111111']);
    expect(a?.startTime).toEqual([1_700_000_000, 0]);
    expect(traceparentOf(span)).toBe(`00-${traceId}-${span.spanContext().spanId}-01`);
  });

  it('is a trace of its own for a parent that is malformed or null, and within the active span for none', () => {
    inSpan('outer', {}, (outer) => {
      for (const own of [malformed, null, '', parent.slice(1)]) {
        const span = startSpan('own', { parent: own });
        expect(span.spanContext().traceId).not.toBe(outer.spanContext().traceId);
        span.end();
      }
      startSpan('inner').end();
    });
    for (const own of recorded.named('own')) expect(own.parentSpanContext).toBeUndefined();
    const [outer] = recorded.named('outer');
    expect(recorded.named('inner')[0]?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  it('is active until its promise is settled, and ends then', async () => {
    const done = Promise.withResolvers<void>();
    const work = inSpan('work', {}, async (span) => {
      await done.promise;
      return trace.getActiveSpan() === span;
    });
    expect(recorded.all).toEqual([]);
    done.resolve();
    expect(await work).toBe(true);
    expect(recorded.named('work')).toHaveLength(1);
  });

  it('is part of a trace that work is done in, which has no span for that', () => {
    inSpan('outer', {}, () => {
      expect(inTrace(parent, () => traceparentOf())).toBe(parent);
      for (const none of [null, malformed]) expect(inTrace(none, () => traceparentOf())).toBeUndefined();
      inTrace(parent, () => startSpan('inner').end());
    });
    expect(recorded.named('inner')[0]?.parentSpanContext?.spanId).toBe(spanId);
    expect(recorded.all).toHaveLength(2);
  });

  it('is failed by what its work throws, at once or later, and by what it is told', async () => {
    const broken = Object.assign(new Error('broken'), { code: 'EBROKEN' });
    expect(() =>
      inSpan('at once', {}, () => {
        throw broken;
      }),
    ).toThrow(broken);
    await expect(
      inSpan('later', {}, async () => {
        throw broken;
      }),
    ).rejects.toThrow(broken);
    const told = startSpan('told');
    failSpan(told, 'no reason');
    told.end();
    for (const name of ['at once', 'later']) {
      const [span] = recorded.named(name);
      expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'broken' });
      expect(span?.attributes['error.type']).toBe('EBROKEN');
      expect(span?.events[0]?.attributes?.['exception.message']).toBe('broken');
    }
    const hidden = startSpan('hidden');
    failSpan(hidden, new TypeError('fetch failed', { cause: broken }));
    hidden.end();
    expect(recorded.named('hidden')[0]?.attributes['error.type']).toBe('EBROKEN');
    expect(recorded.named('told')[0]?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no reason' });
  });
});
