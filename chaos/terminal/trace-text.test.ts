import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { call, firstDueMs, runSpans, spans, story } from '../traces/run-story.fixture.ts';
import { tracesIn } from '../traces/trace.ts';
import { traceLines } from './trace-text.ts';

const c = pc.createColors(false);
const due = firstDueMs;
const list = runSpans('local', due);
const id = list[0]?.trace ?? '';

function linesOf(columns = Number.POSITIVE_INFINITY): readonly string[] {
  const failed = { ...call('local', due, 40), error: 'no answer', links: ['a'.repeat(32)] };
  const records = story(
    { type: 'note', text: 'round-trip', run: 'r', trace: id, requestedMs: due, finishedMs: due + 200 },
    spans([...list, failed]),
  );
  return tracesIn(records).flatMap((trace) => traceLines(trace, columns, c));
}

describe('a trace as text', () => {
  it('is an indented tree with times, from the request on', () => {
    expect(linesOf()).toEqual([
      `trace ${id}`,
      '  at 08:53:21.000 UTC, end to end in 200 ms, 3 spans of 1 layer, while 1-outage stood',
      '  layer    span                   at ms  took ms',
      '  user     request, run, event      0.0    200.0  ▕████████████████████████▏',
      '  runtime    run local              2.0    100.0  ▕████████████            ▏  succeeded',
      '  runtime      start process        3.0      2.0  ▕█                       ▏',
      '  runtime      → GET /x            40.0      1.0  ▕    █                   ▏  FAILED no answer',
      `  linked with trace ${'a'.repeat(32)}`,
    ]);
  });

  it('fits the terminal', () => {
    for (const line of linesOf(60).slice(1, -1)) expect(line.length).toBeLessThanOrEqual(60);
  });
});
