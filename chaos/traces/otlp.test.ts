import { describe, expect, it } from 'vitest';
import { aTrace, exportRequest, sentSpan, spanId } from './otlp.fixture.ts';
import { batchesOf, spanOf } from './otlp.ts';

describe('spanOf', () => {
  it('keeps what tells where a request went and how long it took', () => {
    const sent = sentSpan({
      id: spanId(7),
      parent: spanId(1),
      name: 'POST /v1/reports',
      kind: 3,
      atMs: 1_760_000_000_123,
      ms: 12,
      attributes: { 'http.response.status_code': 503, 'openclaw.run.taken_up': true, 'user.email': 'not ours to keep' },
      error: 'refused',
    });
    expect(spanOf({ ...sent, links: [{ traceId: aTrace.toUpperCase(), spanId: spanId(9) }] })).toEqual({
      trace: aTrace,
      id: spanId(7),
      parent: spanId(1),
      name: 'POST /v1/reports',
      kind: 'client',
      startMs: 1_760_000_000_123,
      ms: 12,
      error: 'refused',
      attributes: { 'http.response.status_code': 503, 'openclaw.run.taken_up': true },
      links: [aTrace],
    });
  });

  it('takes times as numbers too, and what is missing for nothing', () => {
    const { traceId, spanId: id } = sentSpan({ id: spanId(1) });
    const least = { traceId, spanId: id, startTimeUnixNano: 1e18, endTimeUnixNano: 1e18 + 2_500_000, parentSpanId: '' };
    expect(spanOf(least)).toEqual({ trace: aTrace, id, name: '', kind: 'internal', startMs: 1e12, ms: 2.5 });
  });

  it('cuts what is long', () => {
    const span = spanOf(
      sentSpan({ id: spanId(1), name: 'x'.repeat(10_000), attributes: { 'error.type': 'y'.repeat(10_000) } }),
    );
    expect(span?.name).toHaveLength(200);
    expect(span?.attributes?.['error.type']).toHaveLength(200);
  });

  it('keeps some attributes of many, and looks at no more than can be many', () => {
    const many = (count: number) =>
      spanOf(
        sentSpan({
          id: spanId(1),
          attributes: Object.fromEntries(Array.from({ length: count }, (_, n) => [`openclaw.${n}`, n])),
        }),
      );
    expect(Object.keys(many(200)?.attributes ?? {})).toHaveLength(32);
    expect(many(10_000)).toBeUndefined();
  });

  it('is on one line, whatever was sent', () => {
    const span = spanOf(sentSpan({ id: spanId(1), name: 'a\nb\u001b[2J', error: 'c\r\nd' }));
    expect([span?.name, span?.error]).toEqual(['a b [2J', 'c d']);
  });

  it.each([
    ['an id of zeros', { spanId: '0'.repeat(16) }],
    ['a trace id in base64', { traceId: 'S/kvNXezTaajzpKdDg5HNg==' }],
    ['no time', { startTimeUnixNano: undefined }],
    ['a time that is none', { endTimeUnixNano: 'soon' }],
    ['a parent that is none', { parentSpanId: 'me' }],
    ['attributes that are none', { attributes: { a: 1 } }],
  ])('is undefined for %s', (_, wrong) => {
    expect(spanOf({ ...sentSpan({ id: spanId(1) }), ...wrong })).toBeUndefined();
  });
});

describe('batchesOf', () => {
  it('names the service of each resource', () => {
    const [batch] = batchesOf(exportRequest([1, 2, 3], 'openclaw-session')) ?? [];
    expect(batch).toEqual({ service: 'openclaw-session', spans: [1, 2, 3] });
    expect(batchesOf({ resourceSpans: [{ scopeSpans: [{ spans: [1] }] }] })).toEqual([
      { service: 'unknown', spans: [1] },
    ]);
    expect(batchesOf({})).toEqual([]);
  });

  const many = Array.from({ length: 101 }, () => ({}));

  it.each([
    null,
    [],
    'x',
    { resourceSpans: 1 },
    { resourceSpans: many },
    { resourceSpans: [{ scopeSpans: many }] },
    { resourceSpans: [{ scopeSpans: [{ spans: 'many' }] }] },
  ])('is undefined for %j', (body) => {
    expect(batchesOf(body)).toBeUndefined();
  });
});
