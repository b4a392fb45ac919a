import { describe, expect, it } from 'vitest';
import { thisMachine, workersFor } from './worker-count.ts';

const GiB = 2 ** 30;

describe('how many runs at a time', () => {
  it.each([
    ['one at least', { cores: 1, freeBytes: 0 }, 1],
    ['what memory allows', { cores: 16, freeBytes: 2 * GiB }, 2],
  ])('%s', (_, machine, workers) => {
    expect(workersFor(machine, 'local')).toBe(workers);
    expect(workersFor(machine, 'docker')).toBeLessThanOrEqual(workers);
  });

  it('is that of the cores where memory is plenty, on docker of half of them', () => {
    const counts = (platform: 'docker' | 'local') =>
      [1, 2, 4, 8].map((cores) => workersFor({ cores, freeBytes: 64 * GiB }, platform));
    expect(counts('local')).toEqual([1, 2, 4, 8]);
    expect(counts('docker')).toEqual([1, 1, 2, 4]);
  });

  it('knows this machine', () => {
    const { cores, freeBytes } = thisMachine();
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(freeBytes).toBeGreaterThan(0);
  });
});
