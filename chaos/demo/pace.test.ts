import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultEveryMs, paceOf } from './pace.ts';

it('by default, a fault every 20 to 40 s that stands for 3 to 12 s', () => {
  expect(paceOf(defaultEveryMs)).toEqual({ gapMs: [20_000, 40_000], forMs: [3_000, 12_000] });
});

it('never lets a fault stand for longer than 12 s, nor for less than 3 s', () => {
  fc.assert(
    fc.property(fc.integer({ min: 5_000, max: 3_600_000 }), (everyMs) => {
      const { gapMs, forMs } = paceOf(everyMs);
      expect(gapMs[0]).toBeLessThan(gapMs[1]);
      expect(forMs[0]).toBe(3_000);
      expect(forMs[1]).toBeGreaterThanOrEqual(3_000);
      expect(forMs[1]).toBeLessThanOrEqual(12_000);
    }),
  );
});
