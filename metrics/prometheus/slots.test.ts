import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nextSlot, phaseOf } from './slots.ts';

const interval = fc.integer({ min: 1, max: 86_400_000 });

it('gives the same key the same phase, within the interval', () => {
  fc.assert(
    fc.property(fc.string(), interval, (key, intervalMs) => {
      const phase = phaseOf(key, intervalMs);
      expect(phase).toBe(phaseOf(key, intervalMs));
      expect(phase).toBeGreaterThanOrEqual(0);
      expect(phase).toBeLessThan(intervalMs);
    }),
  );
});

it('spreads keys over the interval', () => {
  const phases = Array.from({ length: 400 }, (_, at) => phaseOf(`target ${at}`, 1000));
  for (const quarter of [0, 250, 500, 750]) {
    const here = phases.filter((phase) => phase >= quarter && phase < quarter + 250);
    expect(here.length).toBeGreaterThan(50);
  }
});

it('finds the next instant at a phase: less than an interval away, and the same grid whenever asked', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2e12 }), interval, fc.nat(), (now, intervalMs, anyPhase) => {
      const phase = anyPhase % intervalMs;
      const slot = nextSlot(now, phase, intervalMs);
      expect(slot).toBeGreaterThanOrEqual(now);
      expect(slot - now).toBeLessThan(intervalMs);
      expect((slot - phase) % intervalMs).toBe(0);
    }),
  );
});
