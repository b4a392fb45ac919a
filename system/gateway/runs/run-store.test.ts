import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RunReport } from '../../layer/wire.ts';
import { openTestStores } from '../testing/test-database.ts';
import { report, skill } from '../testing/test-gateway.ts';
import { RunList } from './run-list.ts';

const day = 24 * 3_600_000;
const request = { skill: skill.name, session: 's1', owner: 'owner', idempotencyKey: 'k1' };

/** What a runtime says of one run: attempts that were interrupted or tried again, and the end of the last one. */
const story = fc
  .record({
    attempts: fc.integer({ min: 1, max: 4 }),
    endsKnown: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    outcome: fc.constantFrom('succeeded', 'failed', 'timed-out', 'cancelled', 'unknown', 'interrupted' as const),
    detail: fc.boolean(),
    unfinished: fc.boolean(),
    sequence: fc.integer({ min: 0, max: 1000 }),
    stride: fc.integer({ min: 1, max: 50 }),
  })
  .map(({ attempts, endsKnown, outcome, detail, unfinished, sequence, stride }) => {
    let next = sequence;
    const told: RunReport[] = [];
    const tell = (attempt: number, more: Parameters<typeof report>[1]): void => {
      next += stride;
      told.push(report('x@1000', { attempt, startedAt: 1000 * attempt, sequence: next, ...more }));
    };
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      tell(attempt, {});
      const last = attempt === attempts;
      if (!last && endsKnown[attempt - 1])
        tell(attempt, { state: 'finished', outcome: 'failed', reason: 'exit 1', exitCode: 1 });
      if (last && !unfinished) {
        const more = detail ? { reason: 'because', exitCode: 3, signal: null, output: `of ${attempt}` } : {};
        tell(attempt, { state: 'finished', outcome, finishedAt: 1000 * attempt + 500, ...more });
      }
    }
    return told;
  });

const shuffled = story.chain((told) =>
  fc.record({
    told: fc.constant(told),
    sent: fc
      .array(fc.nat({ max: told.length - 1 }), { maxLength: 6 })
      .map((again) => [...told, ...again.map((index) => told[index] as RunReport)])
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
    asked: fc.boolean(),
  }),
);

describe('reports', () => {
  it('that come late, twice and in any order end in the same record', () => {
    fc.assert(
      fc.property(shuffled, ({ told, sent, asked }) => {
        using inOrder = openTestStores();
        using late = openTestStores();
        const id = 'x@1000';
        const trigger = asked ? 'request' : 'schedule';
        for (const one of told) inOrder.runs.report({ ...one, trigger }, 5000);
        const results = sent.map((one) => late.runs.report({ ...one, trigger }, 5000));
        expect(late.runs.get(id)).toEqual(inOrder.runs.get(id));
        // Each that is new moves the record on, with its event; the last event is the last word.
        expect(results.filter((result) => result === 'new').length).toBe(
          late.events.newest() - late.events.oldest() + 1,
        );
        const last = (of: typeof late) => of.events.after(of.events.newest() - 1, 1)[0];
        expect(last(late)?.type).toBe(last(inOrder)?.type);
        expect(last(late)?.run).toEqual(last(inOrder)?.run);
      }),
    );
  });

  it('that tell under new numbers what was told before are no news', () => {
    using test = openTestStores();
    const end = { state: 'finished', outcome: 'succeeded', finishedAt: 2000 } as const;
    expect(test.runs.report(report('x@1', { ...end, sequence: 5 }))).toBe('new');
    const told = test.events.newest();
    expect(test.runs.report(report('x@1', { ...end, sequence: 9000 }))).toBe('duplicate');
    expect(test.events.newest()).toBe(told);
    expect(test.runs.report(report('x@1', { sequence: 8000, attempt: 2 }))).toBe('stale');
    expect(test.runs.report(report('x@1', { ...end, sequence: 9001, attempt: 2 }))).toBe('new');
    expect(test.events.newest()).toBe(told + 1);
  });

  it('that tell a whole attempt once more under new numbers are no news, and no step back', () => {
    using test = openTestStores();
    const end = { state: 'finished', outcome: 'succeeded', finishedAt: 2000 } as const;
    expect(test.runs.report(report('x@1', { sequence: 4 }))).toBe('new');
    expect(test.runs.report(report('x@1', { sequence: 7000 }))).toBe('duplicate');
    expect(test.runs.report(report('x@1', { ...end, sequence: 7001 }))).toBe('new');
    const told = test.events.newest();
    expect(test.runs.report(report('x@1', { sequence: 9000 }))).toBe('stale');
    expect(test.runs.get('x@1')).toMatchObject({ state: 'finished', outcome: 'succeeded' });
    expect(test.runs.report(report('x@1', { ...end, sequence: 9001 }))).toBe('duplicate');
    expect(test.events.newest()).toBe(told);
  });

  it('carry the reason, exit code, signal and output of the last attempt, and nothing of one before', () => {
    using test = openTestStores();
    const end = {
      state: 'finished',
      outcome: 'failed',
      reason: 'exit code 3',
      exitCode: 3,
      output: 'oh no\n',
    } as const;
    test.runs.report(report('x@1', end));
    expect(test.runs.get('x@1')).toMatchObject({
      outcome: 'failed',
      reason: 'exit code 3',
      exitCode: 3,
      output: 'oh no\n',
    });
    test.runs.report(report('x@1', { attempt: 2, sequence: 3 }));
    const none = { outcome: null, reason: null, exitCode: null, signal: null, output: null, finishedAt: null };
    expect(test.runs.get('x@1')).toMatchObject({ state: 'started', attempt: 2, ...none });
  });
});

describe('idempotency keys', () => {
  it('are kept for a day, even if the run is older than all that are kept', () => {
    using test = openTestStores({ runsKept: 100 });
    const { run } = test.runs.accept(request, 0);
    const finished = { trigger: 'request', dueAt: null, state: 'finished' } as const;
    test.runs.report(report(run.id, finished), 1000);
    for (let index = 0; index < 300; index += 1) test.runs.report(report(`r@${index}`, { state: 'finished' }), 2000);
    expect(test.runs.accept(request, day - 1)).toMatchObject({
      made: false,
      run: { id: run.id, outcome: 'succeeded' },
    });
    expect(() => test.runs.accept({ ...request, session: 's2' }, day - 1)).toThrow(/another body/);
    const again = test.runs.accept(request, day);
    expect(again.made).toBe(true);
    expect(again.run.id).not.toBe(run.id);
  });

  it('are forgotten with their runs when a day has passed', () => {
    using test = openTestStores({ runsKept: 100 });
    const { run } = test.runs.accept(request, 0);
    test.runs.report(report(run.id, { trigger: 'request', dueAt: null, state: 'finished' }), 1000);
    for (let index = 0; index < 300; index += 1) test.runs.report(report(`r@${index}`, { state: 'finished' }), day + 1);
    expect(test.runs.get(run.id)).toBeUndefined();
  });

  it('of one owner mean nothing for another', () => {
    using test = openTestStores();
    const mine = test.runs.accept(request);
    const other = test.runs.accept({ ...request, owner: 'ann', session: 's9' });
    expect(other.made).toBe(true);
    expect(other.run.id).not.toBe(mine.run.id);
    expect(test.runs.accept({ ...request, owner: 'ann', session: 's9' }).run.id).toBe(other.run.id);
  });

  it('are bounded: when too many are kept, new ones are refused and old ones still known', () => {
    using test = openTestStores({ idempotencyKeys: 100 });
    for (let index = 0; index < 100; index += 1) test.runs.accept({ ...request, idempotencyKey: `k${index}` });
    expect(() => test.runs.accept({ ...request, idempotencyKey: 'new' })).toThrow(/100 idempotency keys are kept/);
    expect(test.runs.accept({ ...request, idempotencyKey: 'k7' }).made).toBe(false);
  });

  it('that are too many make room when they are a day old, though nothing else happens', () => {
    using test = openTestStores({ idempotencyKeys: 100 });
    const ask = (idempotencyKey: string, now: number) => test.runs.accept({ ...request, idempotencyKey }, now);
    for (let index = 0; index < 100; index += 1) ask(`k${index}`, index);
    expect(() => ask('new', day - 1)).toThrow(/100 idempotency keys are kept/);
    expect(ask('new', day).made).toBe(true);
    expect(() => ask('k99', day + 98)).not.toThrow();
  });
});

describe('what is kept of runs', () => {
  it('is bounded: finished ones go first, unfinished ones later, those that wait for the runtime never', () => {
    using test = openTestStores({ runsKept: 100, outputsKept: 50, idempotencyKeyMs: 1 });
    const list = new RunList(test.db);
    const waiting = test.runs.accept(request, 0).run;
    test.runs.report(report('unfinished@1'), 10);
    const tell = (count: number, name: string) => {
      for (let index = 0; index < count; index += 1)
        test.runs.report(report(`${name}@${index}`, { state: 'finished', output: 'text' }), 10);
    };
    tell(198, 'a');
    const after200 = list.page({}, 1000).items.map(({ id }) => id);
    expect(after200.length).toBeLessThan(202);
    expect(after200.slice(-2)).toEqual(['unfinished@1', waiting.id]);
    expect(test.runs.get('a@197')?.output).toBe('text');
    expect(test.runs.get('a@140')?.output).toBeNull();
    tell(200, 'b');
    const after400 = list.page({}, 1000).items.map(({ id }) => id);
    expect(after400.length).toBeLessThan(202);
    expect(after400).not.toContain('unfinished@1');
    expect(after400.at(-1)).toBe(waiting.id);
  });
});

describe('pages of runs', () => {
  it('show each run once, whatever comes while they are read', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat({ max: 3 }), { maxLength: 12 }), (limit, inserts) => {
        using test = openTestStores();
        const list = new RunList(test.db);
        let made = 0;
        const add = (count: number) => {
          for (let index = 0; index < count; index += 1) test.runs.report(report(`r@${made++}`));
        };
        add(10);
        const seen: string[] = [];
        let before: number | null | undefined;
        for (let round = 0; before !== null && round < 20; round += 1) {
          const page: ReturnType<typeof list.page> = list.page({}, limit, before);
          seen.push(...page.items.map(({ id }) => id));
          before = page.next;
          add(inserts[round] ?? 0);
        }
        expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => `r@${9 - index}`));
      }),
    );
  });
});
