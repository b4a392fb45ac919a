import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startOf } from './jitter.ts';

describe('startOf', () => {
  it('lies within the jitter, and is the same whenever it is asked', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(2 ** 41), fc.integer({ min: 1, max: 86_400_000 }), (skill, dueAt, jitterMs) => {
        const start = startOf(skill, dueAt, jitterMs);
        expect(start).toBeGreaterThanOrEqual(dueAt);
        expect(start).toBeLessThan(dueAt + jitterMs);
        expect(startOf(skill, dueAt, jitterMs)).toBe(start);
      }),
    );
    // A fixed point: another runtime, another version, the same start.
    expect(startOf('beat', 1_700_000_000_000, 10_000) - 1_700_000_000_000).toBe(7170);
  });

  it('is the due time without jitter', () => {
    expect(startOf('beat', 7, 0)).toBe(7);
  });

  it('spreads slots and skills', () => {
    const starts = Array.from(
      { length: 200 },
      (_, i) => startOf(`skill-${i % 20}`, Math.floor(i / 20) * 1000, 100_000) % 1000,
    );
    expect(new Set(starts).size).toBeGreaterThan(120);
  });
});
