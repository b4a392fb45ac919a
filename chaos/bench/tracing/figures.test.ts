import { expect, it } from 'vitest';
import { tracingFigures } from './figures.ts';

const off = { name: 'off', latenessMs: [10, 10, 12], perSecond: [3_000], acknowledgedMs: [10, 20], bytes: 200e6 };
const slower = { name: 'on', latenessMs: [20, 20, 24], perSecond: [1_500], acknowledgedMs: [20, 40], bytes: 300e6 };

it('has a ratio above one wherever tracing makes it worse, fewer messages included', () => {
  const figures = tracingFigures(off, slower);
  expect(figures.map(({ ratio }) => ratio)).toEqual([2, 2, 2, 2, 2, 1.5]);
  expect(figures.map(({ met }) => met)).toEqual([false, false, false, false, false, undefined]);
});

it('meets every goal where nothing is worse', () => {
  const figures = tracingFigures(off, { ...off, name: 'on' });
  expect(figures.filter(({ goal }) => goal !== undefined).map(({ met }) => met)).toEqual([
    true,
    true,
    true,
    true,
    true,
  ]);
});
