import { expect, it } from 'vitest';
import type { RoundResult } from './round-result.ts';
import { emptyTally, exitOf, type Tally, tallied } from './tally.ts';

const result = (change: Partial<RoundResult>): RoundResult => ({
  fault: 'kill-gateway',
  outcome: 'held',
  reasons: [],
  recoveries: [{ layer: 'gateway', seconds: 0.3 }],
  slots: { due: 10, missed: 0, late: 0 },
  messages: 20,
  lost: 0,
  doubled: 0,
  ...change,
});
const tallyOf = (...results: RoundResult[]) => results.reduce(tallied, emptyTally);

it('adds up rounds and remembers the slowest recovery, with its fault', () => {
  const slow = result({ fault: 'crash-runtime', recoveries: [{ layer: 'runtime', seconds: 2.6 }] });
  expect(tallyOf(result({}), slow, result({ fault: undefined, recoveries: [], outcome: 'inconclusive' }))).toEqual({
    rounds: { held: 2, broken: 0, inconclusive: 1 },
    cutShort: 0,
    faults: 2,
    slots: { due: 30, missed: 0, late: 0 },
    messages: 60,
    lost: 0,
    doubled: 0,
    slowest: { layer: 'runtime', seconds: 2.6, fault: 'crash-runtime' },
  });
});

it.each([
  ['all held, stopped or not', [result({})], true, [], 0],
  ['all held to the end', [result({})], false, [], 0],
  ['one broken among many', [result({}), result({ outcome: 'broken' })], true, [], 1],
  ['one that says nothing beside one that held', [result({}), result({ outcome: 'inconclusive' })], false, [], 2],
  ['none that says anything', [result({ outcome: 'inconclusive' })], true, [], 2],
  ['stopped before anything', [], true, [], 130],
  ['nothing at all', [], false, [], 2],
  ['a fault that still stands, whatever else', [result({ outcome: 'broken' })], true, ['hang'], 4],
])('exit code for %s', (_, results, stopped, notUndone, code) => {
  expect(exitOf({ tally: tallyOf(...results), stopped, notUndone }).code).toBe(code);
});

it('does not say that every promise was kept where a round was cut short', () => {
  const why = (change: Partial<Tally>) =>
    exitOf({ tally: { ...tallyOf(result({})), ...change }, stopped: true, notUndone: [] }).why;
  expect(why({})).toMatch(/^every promise was kept, /);
  expect(why({ cutShort: 1 })).toMatch(/^every promise was kept in the rounds that had their time, /);
});

it('goes on counting after a round that was cut short', () => {
  expect(tallied({ ...emptyTally, cutShort: 2 }, result({}))).toMatchObject({ cutShort: 2, faults: 1 });
});
