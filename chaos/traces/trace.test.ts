import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../journal/journal-records.ts';
import { call, firstDueMs, injectedAt, runSpans, spans, story } from './run-story.fixture.ts';
import { noteworthy, tracesIn } from './trace.ts';

const due = firstDueMs;
const roundTrip = (trace: string, requestedMs: number, ms: number): JournalEntry => {
  return { type: 'note', text: 'round-trip', run: 'r', trace, requestedMs, finishedMs: requestedMs + ms };
};
const [first] = runSpans('local', due);
const trace = first?.trace ?? '';

describe('a trace', () => {
  it('is a tree by parents, each generation by time', () => {
    const [run, start] = runSpans('local', due) as [never, never];
    const [found, ...others] = tracesIn(story(spans([call('local', due, 50), start]), spans([run])));
    expect(others).toEqual([]);
    expect(found?.rows.map(({ span, depth }) => [depth, span.name])).toEqual([
      [0, 'run local'],
      [1, 'start process'],
      [1, 'GET /x'],
    ]);
    expect([found?.fromMs, found?.toMs]).toEqual([due + 2, due + 102]);
    expect(found?.faults.map(({ fault }) => fault)).toEqual(['1-outage']);
  });

  it('has each of its spans once, whatever they say of their parents', () => {
    const id = (n: number) => n.toString(16).padStart(16, '0');
    fc.assert(
      fc.property(fc.array(fc.nat(12), { minLength: 1, maxLength: 12 }), (parents) => {
        const list = parents.map((parent, n) => {
          return { trace, id: id(n), parent: id(parent), name: `${n}`, kind: 'internal' as const, startMs: due, ms: 1 };
        });
        const names = tracesIn(story(spans(list)))[0]?.rows.map(({ span }) => Number(span.name)) ?? [];
        expect(names.toSorted((a, b) => a - b)).toEqual(list.map((_, n) => n));
      }),
    );
  });

  it('begins with the request of the user whose it is', () => {
    const [found] = tracesIn(story(roundTrip(trace, due - 7, 500), spans(runSpans('local', due))));
    expect([found?.fromMs, found?.toMs, found?.roundTrip?.run]).toEqual([due - 7, due + 493, 'r']);
  });
});

describe('what is worth a look', () => {
  it('is the slowest round trip, and the longest trace that a fault broke into', () => {
    const [slow, quick] = [runSpans('local', due - 60_000), runSpans('other', due - 60_000)];
    const broken = runSpans('local', injectedAt - 50);
    const records = story(
      roundTrip(quick[0]?.trace ?? '', due - 60_000, 120),
      roundTrip(slow[0]?.trace ?? '', due - 60_000, 900),
      ...[quick, slow, broken, [...runSpans('other', due), call('other', due, 300)]].map((list) => spans(list)),
    );
    expect(noteworthy(tracesIn(records)).map(({ id }) => id)).toEqual([slow[0]?.trace, broken[0]?.trace]);
  });

  it('is a trace beside the fault where none crosses its edge, and any where there is no fault', () => {
    const [early, beside] = [runSpans('local', due - 60_000), runSpans('local', due)];
    const records = story(spans(early), spans(beside));
    expect(noteworthy(tracesIn(records)).map(({ id }) => id)).toEqual([beside[0]?.trace]);
    const calm = records.filter(({ type }) => type !== 'entry');
    expect(noteworthy(tracesIn(calm)).map(({ id }) => id)).toEqual([early[0]?.trace]);
    expect(noteworthy([])).toEqual([]);
  });
});
