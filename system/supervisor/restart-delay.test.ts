import { describe, expect, it } from 'vitest';
import { configurationError, RestartDelay } from './restart-delay.ts';

describe('the restart delay', () => {
  it('is none at first, then doubles to a second while the layer dies young', () => {
    const delay = new RestartDelay();
    expect([1, 2, 3, 4, 5, 6, 7].map(() => delay.after(500, 1))).toEqual([0, 100, 200, 400, 800, 1000, 1000]);
  });

  it('is none again after ten seconds of life', () => {
    const delay = new RestartDelay();
    for (let i = 0; i < 5; i += 1) delay.after(10, null);
    expect(delay.after(10_000, null)).toBe(0);
  });

  it('does not grow for a layer that is killed now and then', () => {
    const delay = new RestartDelay();
    expect([1, 2, 3].map(() => delay.after(4000, null))).toEqual([0, 0, 0]);
  });

  it('is the longest at once for a configuration that must be mended', () => {
    expect(new RestartDelay().after(100, configurationError)).toBe(1000);
  });
});
