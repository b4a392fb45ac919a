import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FailureLimit } from './failure-limit.ts';

describe('FailureLimit', () => {
  it('allows ten failures at once, then one a second, each address for itself', () => {
    let now = 0;
    const limit = new FailureLimit(100, () => now);
    for (let n = 0; n < 10; n += 1) {
      expect(limit.waitMs('a')).toBe(0);
      limit.failed('a', `guess ${n}`);
    }
    expect([limit.waitMs('a'), limit.waitMs('b')]).toEqual([1000, 0]);
    now = 400;
    expect(limit.waitMs('a')).toBe(600);
    now = 1000;
    expect(limit.waitMs('a')).toBe(0);
    limit.failed('a', 'one more');
    expect(limit.waitMs('a')).toBe(1000);
    now = 100_000;
    for (let n = 0; n < 10; n += 1) limit.failed('a', `further guess ${n}`);
    expect(limit.waitMs('a')).toBe(1000);
  });

  it('charges the same attempt once, as long as it is not forgotten for others', () => {
    let now = 0;
    const limit = new FailureLimit(100, () => now);
    for (let n = 0; n < 100; n += 1) limit.failed('a', 'a token of old');
    for (let n = 0; n < 9; n += 1) {
      expect(limit.waitMs('a')).toBe(0);
      limit.failed('a', `guess ${n}`);
    }
    expect(limit.waitMs('a')).toBe(1000);
    now = 1000;
    limit.failed('a', 'a token of old');
    expect(limit.waitMs('a')).toBe(0);
    limit.failed('a', 'the tenth other guess');
    now = 2000;
    limit.failed('a', 'a token of old');
    expect(limit.waitMs('a')).toBe(1000);
  });

  it('lets nobody fail more often than the bucket holds and the clock refills, whoever else fails meanwhile', () => {
    const step = fc.record({
      address: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      afterMs: fc.integer({ min: 1, max: 3000 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        let now = 0;
        const limit = new FailureLimit(3, () => now);
        const failed = new Map<string, number>();
        for (const { address, afterMs } of steps) {
          now += afterMs;
          if (limit.waitMs(address) > 0) continue;
          limit.failed(address, String(now));
          failed.set(address, (failed.get(address) ?? 0) + 1);
          // Twice the burst: an address may go from the shared bucket to one of its own.
          expect(failed.get(address)).toBeLessThanOrEqual(20 + now / 1000);
        }
      }),
    );
  });

  it('gives addresses beyond its size one bucket together, until others have been quiet', () => {
    let now = 0;
    const limit = new FailureLimit(2, () => now);
    for (const address of ['a', 'b']) limit.failed(address, 'x');
    for (let n = 0; n < 10; n += 1) limit.failed(`stranger ${n}`, `guess ${n}`);
    expect(limit.waitMs('another')).toBe(1000);
    expect(limit.waitMs('a')).toBe(0);
    now = 11_000;
    expect(limit.waitMs('another')).toBe(0);
  });
});
