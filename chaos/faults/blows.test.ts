import { describe, expect, it } from 'vitest';
import { repeatBlows } from './blows.ts';

const proof = { proved: true, evidence: 'hit' };
const context = (forMs: number, signal = new AbortController().signal) => {
  const blows: string[] = [];
  return { forMs, signal, blows, onBlow: (detail: string) => blows.push(detail) };
};

describe('repeatBlows', () => {
  it('deals one blow where nothing is repeated', async () => {
    expect(await repeatBlows(undefined, context(60_000), async () => proof)).toMatchObject({
      dealt: 1,
      failed: [],
    });
  });

  it('spreads blows over the time: at 0, 1 and 2 intervals, not at 3', async () => {
    const it = context(300);
    const start = performance.now();
    const at: number[] = [];
    const tally = await repeatBlows(100, it, async () => {
      at.push(performance.now() - start);
      return proof;
    });
    expect(tally.dealt).toBeGreaterThanOrEqual(1);
    expect(tally.dealt).toBeLessThanOrEqual(3);
    for (const [index, ms] of at.entries()) expect(ms).toBeGreaterThanOrEqual(100 * index - 2);
    expect(it.blows).toHaveLength(tally.dealt);
  });

  it('tells of a blow that had no effect, and does not count it', async () => {
    const it = context(0);
    const tally = await repeatBlows(100, it, async () => ({ proved: false, evidence: 'missed' }));
    expect(tally).toMatchObject({ dealt: 1, failed: ['missed'], summary: '0 of 1 blows took effect: missed' });
    expect(it.blows).toEqual([]);
  });

  it('stops when it is aborted, without an error', async () => {
    const abort = new AbortController();
    const tally = await repeatBlows(10_000, context(60_000, abort.signal), async () => {
      abort.abort();
      return proof;
    });
    expect(tally.dealt).toBe(1);
  });
});
