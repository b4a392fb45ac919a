import { expect, it } from 'vitest';
import { startTrace } from './trace-start.ts';

it('begins another trace each time, sampled, as W3C Trace Context wants it', () => {
  const starts = Array.from({ length: 1_000 }, startTrace);
  for (const { trace, traceparent } of starts) {
    expect(traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/);
    expect(traceparent.split('-')[1]).toBe(trace);
  }
  expect(new Set(starts.map(({ trace }) => trace)).size).toBe(starts.length);
});
