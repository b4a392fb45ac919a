import { describe, expect, it } from 'vitest';
import { configurationError, RestartDelay } from './restart-delay.ts';

const delaysOf = (delay: RestartDelay, deaths: number, uptimeMs: number) =>
  Array.from({ length: deaths }, () => delay.after(uptimeMs, 1).delayMs);

/** Time passes only as the layer lives and waits. */
class Life {
  #nowMs = 0;
  readonly delay = new RestartDelay(() => this.#nowMs);

  dies(uptimeMs: number) {
    this.#nowMs += uptimeMs;
    const restart = this.delay.after(uptimeMs, 1);
    this.#nowMs += restart.delayMs;
    return restart;
  }
}

describe('the restart delay', () => {
  it('is none at first, then doubles to a second while the layer dies young', () => {
    expect(delaysOf(new RestartDelay(), 7, 500)).toEqual([0, 100, 200, 400, 800, 1000, 1000]);
  });

  it('is none again after ten seconds of life', () => {
    const delay = new RestartDelay();
    delaysOf(delay, 5, 10);
    expect(delay.after(10_000, null).delayMs).toBe(0);
  });

  it('does not grow for a layer that is killed now and then', () => {
    expect(delaysOf(new RestartDelay(), 3, 4000)).toEqual([0, 0, 0]);
  });

  it('is the longest at once for a configuration that must be mended', () => {
    expect(new RestartDelay().after(100, configurationError).delayMs).toBe(1000);
  });
});

describe('the restart intensity', () => {
  it('is exceeded by more than 30 deaths in a minute, and then gives 5 s, doubling to 30 s', () => {
    const life = new Life();
    const restarts = Array.from({ length: 35 }, () => life.dies(200));
    expect(restarts.slice(0, 30).every(({ tooMany }) => tooMany === undefined)).toBe(true);
    expect(restarts.slice(30).map(({ delayMs }) => delayMs)).toEqual([5000, 10_000, 20_000, 30_000, 30_000]);
    expect(restarts[30]?.tooMany).toBe(31);
  });

  it('stays exceeded until the layer has lived for ten seconds', () => {
    const life = new Life();
    for (let i = 0; i < 40; i += 1) life.dies(200);
    expect(life.dies(9000).delayMs).toBe(30_000);
    expect(life.dies(10_000)).toEqual({ delayMs: 0 });
  });

  it('is not exceeded by a kill every 2.5 s', () => {
    const life = new Life();
    const restarts = Array.from({ length: 100 }, () => life.dies(2500));
    expect(restarts.filter(({ tooMany }) => tooMany !== undefined)).toEqual([]);
  });
});
