import { describe, expect, it } from 'vitest';
import type { LedgerRow } from '../drivers/ledger.ts';
import { eventTally, tally } from './durable.ts';
import { counterDisagreement, disagreementsOf, outcomeOf, recalledOutcome, type Witnesses } from './outcomes.ts';
import type { Effect, SlotFate } from './slots.ts';

function row(id: string, dueAt: number | null, changes: Partial<LedgerRow> = {}): LedgerRow {
  const finished = { state: 'finished', outcome: 'succeeded', startedAt: 1, finishedAt: 2 } as const;
  return { sequence: 1, id, skill: 's', trigger: 'schedule', dueAt, attempt: 1, ...finished, ...changes };
}

function effect(run: string, slot: number | null): Effect {
  return { run, slot, attempt: 1, startedAt: 1, finishedAt: 2 };
}

function fate(dueMs: number, executed = true): SlotFate {
  const rest = { inTime: executed, doubled: 0, latenessMs: executed ? 0 : undefined, caughtUp: false };
  return { skill: 's', dueMs, phase: 'during', executed, ...rest };
}

describe('outcome of a slot', () => {
  it.each([
    ['both say so', fate(0), row('a', 0), 'success'],
    ['no effect, whatever the ledger says', fate(0, false), row('a', 0), 'missed'],
    ['no effect, no row', fate(0, false), undefined, 'missed'],
    ['the ledger says failed', fate(0), row('a', 0, { outcome: 'failed' }), 'failed'],
    ['failed without effect', fate(0, false), row('a', 0, { outcome: 'timed-out' }), 'failed'],
    ['an effect that no row tells of', fate(0), undefined, 'failed'],
    ['an effect whose run never ended', fate(0), row('a', 0, { state: 'running', outcome: null }), 'failed'],
  ])('%s', (_, slot, ledger, expected) => {
    expect(outcomeOf(slot, ledger)).toBe(expected);
  });
});

describe('outcome of a slot that the ledger may have forgotten', () => {
  const forgot = row('a', 0, { outcome: 'unknown' });
  it.each([
    ['the effect stands alone', fate(0), undefined, undefined, 'success'],
    ['it says itself that it cannot know', fate(0), forgot, undefined, 'success'],
    ['what it had said before counts', fate(0), undefined, row('a', 0, { outcome: 'failed' }), 'failed'],
    ['more than that it has forgotten', fate(0), forgot, row('a', 0, { outcome: 'failed' }), 'failed'],
    ['what it says now counts', fate(0), row('a', 0, { outcome: 'timed-out' }), row('a', 0), 'failed'],
    ['it had not ended when it was last heard', fate(0), undefined, row('a', 0, { state: 'running' }), 'success'],
    ['without an effect, a success is none', fate(0, false), undefined, row('a', 0), 'missed'],
    ['nobody knows of it', fate(0, false), undefined, undefined, 'missed'],
    ['it cannot be known', fate(0, false), forgot, undefined, 'failed'],
  ])('%s', (_, slot, now, before, expected) => {
    expect(recalledOutcome(slot, now, new Map(before === undefined ? [] : [[0, before]]))).toBe(expected);
  });
});

describe('disagreements', () => {
  const agreed: Witnesses = {
    skill: 's',
    fates: [fate(1000), fate(2000)],
    seen: [effect('a', 1000), effect('b', 2000)],
    final: [effect('a', 1000), effect('b', 2000)],
    malformed: 0,
    rows: new Map([
      ['a', row('a', 1000)],
      ['b', row('b', 2000)],
    ]),
    endMs: 10,
  };
  const kinds = (changes: Partial<Witnesses>) =>
    disagreementsOf({ ...agreed, ...changes }).map(({ between }) => between);

  it('are none where all agree', () => {
    expect(kinds({})).toEqual([]);
  });

  it('of what the ledger may have forgotten are none, but it must know what came after', () => {
    const started = (run: string, slot: number): Effect => ({
      ...effect(run, slot),
      startedAt: slot,
      finishedAt: 2_500,
    });
    const final = [started('a', 1000), started('b', 2000)];
    const third = new Map([['c', row('c', 3000, { finishedAt: 20_000 })]]);
    const lost = { final, seen: final, rows: third, endMs: 10_000 };
    expect(kinds({ ...lost, forgottenMs: 2_001 })).toEqual([]);
    expect(kinds({ ...lost, forgottenMs: 1_500 })).toEqual(['effect-without-ledger', 'slot-without-ledger']);
    expect(kinds({ ...lost, final: [], forgottenMs: 2_001 })).toContain('effects-changed');
  });

  it('are none about a slot that the ledger owns up to have missed', () => {
    const rows = new Map([['b', row('b', 2000)]]);
    const missing = { final: [effect('b', 2000)], seen: [], fates: [fate(1000, false), fate(2000)], rows };
    const range = { skill: 's', firstDueAt: 500, lastDueAt: 1000, reason: 'backing-off' };
    expect(kinds({ ...missing, missed: [range] })).toEqual([]);
    expect(kinds({ ...missing, missed: [{ ...range, lastDueAt: 999 }] })).toEqual(['slot-without-ledger']);
    expect(kinds({ ...missing, missed: [{ ...range, skill: 'another' }] })).toEqual(['slot-without-ledger']);
  });

  it.each<[string, Partial<Witnesses>, string[]]>([
    ['effects that are gone', { final: [effect('b', 2000)] }, ['effects-changed', 'ledger-without-effect']],
    ['lines that are torn', { malformed: 2 }, ['effects-changed']],
    [
      'an effect without a row',
      { rows: new Map([['b', row('b', 2000)]]) },
      ['effect-without-ledger', 'slot-without-ledger'],
    ],
    ['a success without an effect', { seen: [], final: [] }, ['ledger-without-effect', 'ledger-without-effect']],
    ['a slot passed over', { fates: [fate(500, false), fate(1000)] }, ['slot-without-ledger']],
    ['a slot not reached yet', { fates: [fate(1000), fate(3000, false)] }, []],
    ['a success of after the end', { seen: [], final: [], endMs: 2 }, []],
  ])('%s', (_, changes, expected) => {
    expect(kinds(changes)).toEqual(expected);
  });

  it.each([
    [2, undefined],
    [3, undefined],
    [1, 'counter'],
    [4, 'counter'],
    [undefined, 'counter'],
  ])('a counter of %s between 2 and 3', (counter, expected) => {
    const later = new Map([...agreed.rows, ['c', row('c', 3000)]]);
    expect(counterDisagreement('s', counter, agreed.rows, later)?.between).toBe(expected);
  });

  it('lets a counter be missing where nothing succeeded', () => {
    expect(counterDisagreement('s', undefined, new Map(), new Map())).toBeUndefined();
  });
});

describe('promises', () => {
  it('finds each exactly once, or tells which', () => {
    expect(tally(['a', 'b', 'c'], ['a', 'c', 'c', 'x'])).toEqual({ checked: 3, lost: ['b'], doubled: ['c'] });
  });

  const end = (offset: number, id: string, attempt = 1) => {
    const finished = { id, skill: 's', attempt, outcome: 'succeeded' };
    return { offset, kind: 'event', id: `e${offset}`, atMs: 0, finished } as const;
  };

  it('takes offsets known from acknowledgements as seen', () => {
    const evidence = { runs: ['a', 'b'], received: [end(1, 'a'), end(3, 'b')] };
    expect(eventTally({ ...evidence, acknowledged: [2] })).toEqual({ checked: 2, lost: [], doubled: [] });
    expect(eventTally({ ...evidence, acknowledged: [] }).lost).toEqual(['offset 2']);
  });

  it('finds events that are missing, told twice, or out of order', () => {
    expect(eventTally({ runs: ['a'], received: [], acknowledged: [] }).lost).toEqual(['a']);
    const twice = eventTally({ runs: ['a'], received: [end(1, 'a'), end(2, 'a')], acknowledged: [] });
    expect(twice.doubled).toEqual(['a, attempt 1']);
    const attempts = eventTally({ runs: ['a'], received: [end(1, 'a'), end(2, 'a', 2)], acknowledged: [] });
    expect(attempts.doubled).toEqual([]);
    const disorder = eventTally({ runs: [], received: [end(2, 'a'), end(1, 'b')], acknowledged: [] });
    expect(disorder.doubled).toHaveLength(1);
    expect(disorder.lost).toEqual([]);
  });
});
