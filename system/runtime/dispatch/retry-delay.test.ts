import fc from 'fast-check';
import { expect, it } from 'vitest';
import { retryDelayMs } from './retry-delay.ts';

it('doubles its ceiling with each attempt, up to 5 minutes, and may be anything below', () => {
  const most = [1, 2, 3, 4, 20, 1000].map((attempt) => retryDelayMs({ backoffMs: 1000 }, attempt, () => 1));
  expect(most).toEqual([1000, 2000, 4000, 8000, 300_000, 300_000]);
  expect(retryDelayMs({ backoffMs: 1000 }, 3, () => 0)).toBe(0);
  expect(retryDelayMs({ backoffMs: 1000 }, 3, () => 0.5)).toBe(2000);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (backoffMs, attempt) => {
      const delay = retryDelayMs({ backoffMs }, attempt);
      expect(delay).toBeGreaterThanOrEqual(0);
      expect(delay).toBeLessThanOrEqual(300_000);
    }),
  );
});
