import { expect, it } from 'vitest';
import { quantile, tableOf } from './figure.ts';

it('says of each figure what it was measured beside and whether the goal is met', () => {
  const table = tableOf([
    { what: 'start', measured: '6 ms', beside: '5 ms', ratio: 1.2, goal: '≤ 1.5×', met: true },
    { what: 'memory', measured: '300 MB', goal: '≤ 250 MB', met: false },
    { what: 'delay', measured: '2 ms' },
  ]);
  expect(table.split('\n').slice(1)).toEqual([
    'start   6 ms      5 ms       1.20×  ≤ 1.5×    met',
    'memory  300 MB                      ≤ 250 MB  NOT met',
    'delay   2 ms',
  ]);
});

it('finds quantiles', () => {
  expect([quantile([3, 1, 2], 0.5), quantile([3, 1, 2], 0.99), quantile([], 0.5)]).toEqual([2, 3, Number.NaN]);
});
