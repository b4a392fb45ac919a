import { describe, expect, it } from 'vitest';
import { independenceOf } from './independence.ts';
import { call, firstDueMs, healedAt, injectedAt, runSpans, slot, spans, story } from './run-story.fixture.ts';
import type { JournalSpan } from './span.ts';

const due = firstDueMs;
const nothing = { judged: 0, independent: 0, untraced: 0, refused: 0 };

describe('independence', () => {
  it('is whole where no run calls another layer before its process has started', () => {
    const records = story(
      ...[0, 1, 2].map((n) => slot('local', due + n * 1_000)),
      // The report that follows is no part of the way.
      ...[0, 1, 2].map((n) => spans([...runSpans('local', due + n * 1_000), call('local', due + n * 1_000, 50)])),
    );
    expect(independenceOf(records)).toEqual({ ...nothing, judged: 3, independent: 3 });
  });

  it('is not touched by what another service calls', () => {
    const records = story(
      slot('local', due),
      spans(runSpans('local', due)),
      spans([call('local', due, 4)], 'a-skill-with-spans-of-its-own'),
    );
    expect(independenceOf(records)).toEqual({ ...nothing, judged: 1, independent: 1 });
  });

  it('is none where each asks first', () => {
    const records = story(
      slot('local', due),
      spans([...runSpans('local', due), call('local', due, 2)]),
      slot('other', due),
      spans([...runSpans('other', due), call('other', due, 4)]),
    );
    expect(independenceOf(records)).toEqual({ ...nothing, judged: 2 });
  });

  it('counts a run that asked in vain, and so never had a process', () => {
    const [run] = runSpans('local', due, { 'openclaw.run.outcome': 'failed' }) as [JournalSpan];
    expect(independenceOf(story(slot('local', due, false), spans([run, call('local', due, 10)])))).toEqual({
      ...nothing,
      judged: 1,
    });
  });

  it('looks at the claim of the slot too, which is a trace of its own', () => {
    const [run, start] = runSpans('local', due) as [JournalSpan, JournalSpan];
    const links = ['c'.repeat(32)];
    const claim = { ...start, trace: 'c'.repeat(32), id: 'd'.repeat(16), name: 'claim slots', startMs: due };
    const { parent: _, ...root } = claim;
    const asked: JournalSpan = { ...claim, id: 'e'.repeat(16), parent: root.id, name: 'GET /x', kind: 'client' };
    const told = (...more: readonly JournalSpan[]) =>
      independenceOf(story(slot('local', due), spans([{ ...run, links }, start, ...more])));
    expect(told(root)).toEqual({ ...nothing, judged: 1, independent: 1 });
    expect(told(root, asked)).toEqual({ ...nothing, judged: 1 });
    expect(told()).toEqual({ ...nothing, untraced: 1 });
  });

  it('does not take a call for none whose own span was lost, but not that of its answer', () => {
    const lost = call('local', due, 2);
    const answered: JournalSpan = { ...lost, id: 'a'.repeat(16), parent: lost.id, kind: 'server' };
    const told = (startMs: number) =>
      independenceOf(
        story(slot('local', due), spans(runSpans('local', due)), spans([{ ...answered, startMs }], 'openclaw-gateway')),
      );
    expect(told(due + 3)).toEqual({ ...nothing, untraced: 1 });
    // The report that follows is no part of the way.
    expect(told(due + 50)).toEqual({ ...nothing, judged: 1, independent: 1 });
  });

  it('counts runs apart whose way is not known', () => {
    const [run] = runSpans('other', due) as [JournalSpan];
    const [again] = runSpans('other', due + 1_000, {
      'openclaw.run.taken_up': true,
      'openclaw.run.outcome': 'failed',
    }) as [JournalSpan];
    const records = story(
      slot('local', due), // without any span
      slot('other', due),
      spans([run, call('other', due, 50)]), // the start of its process is lost
      slot('other', due + 1_000),
      spans([again, call('other', due + 1_000, 50)]), // an earlier runtime started it
      slot('local', due + 1_000),
      spans(runSpans('local', due + 1_000)),
    );
    expect(independenceOf(records)).toEqual({ ...nothing, judged: 1, independent: 1, untraced: 3 });
  });

  it('prefers the span of the runtime that started the run to that of the one that took it up', () => {
    const first = runSpans('local', due);
    const [again] = runSpans('local', due, { 'openclaw.run.taken_up': true }) as [JournalSpan];
    for (const list of [
      [...first, { ...again, id: 'f'.repeat(16) }],
      [{ ...again, id: 'f'.repeat(16) }, ...first],
    ]) {
      expect(independenceOf(story(slot('local', due), spans(list)))).toEqual({ ...nothing, judged: 1, independent: 1 });
    }
  });

  it.each<[string, ReturnType<typeof story>]>([
    ['no traces', story()],
    ['only slots that did not run', story(slot('local', due, false))],
    ['only runs before the fault', story(spans(runSpans('local', injectedAt - 500)))],
    ['only runs after the heal', story(spans(runSpans('local', healedAt + 500)))],
    ['only skills that require the gateway', story(slot('remote', due), spans(runSpans('remote', due)))],
    ['only runs that were asked for', story(spans(runSpans('local', due, { 'openclaw.run.trigger': 'request' })))],
    ['only later attempts', story(spans(runSpans('local', due, { 'openclaw.run.attempt': 2 })))],
    ['no fault', story(spans(runSpans('local', due))).filter(({ type }) => type !== 'entry')],
    ['no plan', story(spans(runSpans('local', due))).filter(({ type }) => type !== 'run-started')],
  ])('knows nothing where there are %s', (_, records) => {
    expect(independenceOf(records)).toEqual(nothing);
  });

  it('goes on until the system has recovered where it must heal itself', () => {
    const records = story(spans(runSpans('local', due)), spans(runSpans('local', due + 3_000))).map((record) => {
      if (record.type !== 'entry') return record;
      const { healedAt: _, ...rest } = record;
      return { ...rest, recoveredAt: due + 2_000 };
    });
    expect(independenceOf(records)).toMatchObject({ judged: 1, independent: 1 });
  });

  it('says how many spans were not kept', () => {
    const records = story({ type: 'traces', spans: 9, over: 3, malformed: 2, unwritten: 1 });
    expect(independenceOf(records)).toEqual({ ...nothing, refused: 6 });
  });
});
