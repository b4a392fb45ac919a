import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Offer } from './fault-menu.ts';
import { type DrawnFault, faultPlan } from './fault-plan.ts';
import { paceOf } from './pace.ts';

const offer = (name: string, weight: number, lasts = true): Offer => ({
  name,
  weight,
  lasts,
  fault: { kind: 'noop' },
  expect: {},
});
const menu = [offer('rare', 1), offer('often', 8), offer('short', 3, false)];
const pace = paceOf(30_000);

function first(count: number, seed: number, from: readonly Offer[] = menu): DrawnFault[] {
  return faultPlan(from, seed, pace).take(count).toArray();
}

it('draws the same faults from the same seed, and others from another', () => {
  expect(first(50, 7)).toEqual(first(50, 7));
  expect(first(50, 7)).not.toEqual(first(50, 8));
});

it('keeps within its bounds, whatever the seed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2_147_483_647 }), (seed) => {
      for (const { gapMs, forMs, offer: drawn } of first(20, seed)) {
        expect(gapMs).toBeGreaterThanOrEqual(20_000);
        expect(gapMs).toBeLessThanOrEqual(40_000);
        if (!drawn.lasts) expect(forMs).toBe(0);
        else expect(forMs).toBeGreaterThanOrEqual(3_000);
        expect(forMs).toBeLessThanOrEqual(12_000);
      }
    }),
  );
});

it('does not draw the same fault twice in a row, unless there is no other', () => {
  const names = first(500, 1).map(({ offer: { name } }) => name);
  expect(names.some((name, index) => name === names[index + 1])).toBe(false);
  expect(first(3, 1, [offer('only', 1)]).map(({ offer: { name } }) => name)).toEqual(['only', 'only', 'only']);
});

it('draws every fault, and those of more weight more often', () => {
  const drawn = Map.groupBy(first(1_000, 1), ({ offer: { name } }) => name);
  const count = (name: string) => drawn.get(name)?.length ?? 0;
  expect(count('rare')).toBeGreaterThan(0);
  expect(count('short')).toBeGreaterThan(count('rare'));
  expect(count('often')).toBeGreaterThan(count('short'));
});
