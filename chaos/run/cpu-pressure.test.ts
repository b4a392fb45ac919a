import { describe, expect, it, vi } from 'vitest';
import { CpuPressureWatch, starvationsIn, waitedIn } from './cpu-pressure.ts';

/** One sample a second; in each second somebody waited for the given share of it. */
const samples = (...shares: number[]) => {
  let waitedMs = 5_000;
  return [{ atMs: 0, waitedMs }].concat(
    shares.map((share, index) => {
      waitedMs += share * 1_000;
      return { atMs: (index + 1) * 1_000, waitedMs };
    }),
  );
};

describe('what the kernel says', () => {
  it('is the total of "some", in microseconds', () => {
    const text = 'some avg10=68.18 avg60=42.36 avg300=54.81 total=5805891581\nfull avg10=0.00 total=7\n';
    expect(waitedIn(text)).toBe(5_805_891.581);
  });

  it('is nothing where it does not count', () => {
    expect(waitedIn('')).toBeUndefined();
    expect(waitedIn('full avg10=0.00 total=7\n')).toBeUndefined();
  });
});

describe('a machine', () => {
  it('is starved while somebody waits nearly all of five seconds', () => {
    expect(starvationsIn(samples(0.2, 1, 1, 1, 1, 1, 0.1))).toEqual([{ from: 1_000, to: 6_000, share: 1 }]);
  });

  it('is not for a few busy seconds', () => {
    expect(starvationsIn(samples(0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1))).toEqual([]);
    expect(starvationsIn(samples(0.8, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8))).toEqual([]);
  });

  it('is starved once, however long it lasts, and again later', () => {
    const long = Array.from({ length: 20 }, () => 0.95);
    const found = starvationsIn(samples(...long, 0, 0, 0, 0, 0, 0, ...long));
    expect(found.map(({ from, to }) => [from, to])).toEqual([
      [0, 20_000],
      [26_000, 46_000],
    ]);
  });
});

describe('the watch', () => {
  it('reads the kernel until it is disposed', async () => {
    const reads: number[] = [];
    {
      await using _ = new CpuPressureWatch(async () => `some total=${reads.push(1)}\n`);
      await vi.waitFor(() => expect(reads.length).toBeGreaterThanOrEqual(2), { timeout: 10_000 });
    }
    const { length } = reads;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(reads).toHaveLength(length);
  });

  it('knows of none where the kernel does not count', async () => {
    await using watch = new CpuPressureWatch(() => Promise.reject(new Error('ENOENT')));
    expect(watch.starvations).toEqual([]);
  });
});
