import { describe, expect, it } from 'vitest';
import { openTestStores } from '../testing/test-database.ts';
import { report } from '../testing/test-gateway.ts';

const now = 100_000;

function told(...ends: [finishedAt: number, outcome: 'succeeded' | 'failed'][]) {
  const test = openTestStores();
  for (const [index, [finishedAt, outcome]] of ends.entries())
    test.runs.report(report(`x@${index}`, { state: 'finished', finishedAt, outcome, skill: 'x' }), now);
  return test;
}

describe("a skill's record", () => {
  it('is of the newest end, whatever came last', () => {
    using test = told([3000, 'failed'], [1000, 'succeeded'], [2000, 'succeeded']);
    expect(test.records.get('x')).toEqual({
      knownSince: now,
      lastOutcome: 'failed',
      lastFinishedAt: 3000,
      lastSuccessAt: 2000,
    });
  });

  it('is not held up by a time of the future, from before the clock was set back', () => {
    using test = told();
    const finished = { state: 'finished', finishedAt: 9_000_000, skill: 'x' } as const;
    test.runs.report(report('x@1', finished), 9_000_000);
    test.runs.report(report('x@2', { ...finished, finishedAt: 5000, outcome: 'failed' }), now);
    expect(test.records.get('x')).toMatchObject({ lastOutcome: 'failed', lastFinishedAt: 5000 });
  });

  it('outlives the runs', () => {
    using test = openTestStores({ runsKept: 100 });
    test.runs.report(report('x@1', { state: 'finished', skill: 'x' }), now);
    for (let index = 0; index < 300; index += 1) test.runs.report(report(`r@${index}`, { state: 'finished' }), now);
    expect(test.runs.get('x@1')).toBeUndefined();
    expect(test.records.get('x')?.lastSuccessAt).toBe(2000);
  });

  it('is one of a bounded number', () => {
    using test = openTestStores({ skills: 50 });
    for (let index = 0; index < 300; index += 1)
      test.runs.report(report(`s${index}@1`, { state: 'finished', skill: `s${index}`, finishedAt: index }), now);
    expect(test.db.prepare('SELECT count(*) AS n FROM skill_record').get()?.n).toBe(100);
    expect(test.records.get('s299')).toBeDefined();
    expect(test.records.get('s0')).toBeUndefined();
  });
});
