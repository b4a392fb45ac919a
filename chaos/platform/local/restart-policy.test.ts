import { expect, it } from 'vitest';
import { RestartPolicy } from './restart-policy.ts';

it('doubles from 100 ms to a minute, and begins again after a life of 10 s', () => {
  const policy = new RestartPolicy();
  const delays = Array.from({ length: 12 }, () => policy.delayAfter(20));
  expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000, 60_000]);
  expect(policy.delayAfter(9_999)).toBe(60_000);
  expect(policy.delayAfter(10_000)).toBe(100);
  expect(policy.delayAfter(0)).toBe(200);
});
