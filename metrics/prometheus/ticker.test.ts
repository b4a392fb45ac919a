import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { ticks } from './ticker.ts';

async function collect(count: number, each: (number: number) => Promise<void> | void): Promise<number[]> {
  const stop = new AbortController();
  const seen: number[] = [];
  for await (const { number } of ticks(20, 20, stop.signal)) {
    seen.push(number);
    await each(number);
    if (seen.length === count) stop.abort();
  }
  return seen;
}

describe('ticks', () => {
  it('come one interval after the other, the first after its own delay', async () => {
    const start = performance.now();
    const times: number[] = [];
    await collect(3, (number) => {
      times.push(performance.now() - start - 20 - number * 20);
    });
    // Early by no more than a timer's rounding; how late is the machine's affair.
    for (const late of times) expect(late).toBeGreaterThan(-1.5);
  });

  it('are skipped for a reader who is late, but for the last one', async () => {
    const seen = await collect(3, (number) => (number === 0 ? sleep(150) : undefined));
    const [, kept = 0, next = 0] = seen;
    expect(kept).toBeGreaterThanOrEqual(6);
    expect(next).toBeGreaterThan(kept);
  });

  it('end at once when they are stopped while somebody waits', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const seen: number[] = [];
    for await (const { number } of ticks(3_000_000_000, 1, stop.signal)) seen.push(number);
    expect(seen).toEqual([]);
  });
});
