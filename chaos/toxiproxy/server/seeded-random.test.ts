import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seededRandom } from './seeded-random.ts';

const draw = (seed: bigint, name: string) => Array.from({ length: 5 }, seededRandom(seed, name));

it('gives the same sequence for the same seed and name, another for others', () => {
  expect(draw(1n, 'a')).toEqual(draw(1n, 'a'));
  expect(draw(1n, 'a')).not.toEqual(draw(2n, 'a'));
  expect(draw(1n, 'a')).not.toEqual(draw(1n, 'b'));
});

it('stays in [0, 1)', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.string(), (seed, name) => draw(seed, name).every((value) => value >= 0 && value < 1)),
  );
});

it('is about uniform', () => {
  const random = seededRandom(7n, 'x');
  const tenths = new Array<number>(10).fill(0);
  for (let i = 0; i < 10_000; i += 1) tenths[Math.floor(random() * 10)] = (tenths[Math.floor(random() * 10)] ?? 0) + 1;
  expect(Math.min(...tenths)).toBeGreaterThan(800);
});
