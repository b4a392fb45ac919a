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

  it('grows with the cores, and is never more on docker than on local', () => {
    const counts = [1, 2, 4, 8].map((cores) => workersFor({ cores, freeBytes: 64 * GiB }, 'local'));
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(new Set(counts).size).toBe(4);
    for (const cores of [1, 2, 4, 8]) {
      const machine = { cores, freeBytes: 64 * GiB };
      expect(workersFor(machine, 'docker')).toBeLessThanOrEqual(workersFor(machine, 'local'));
    }
  });

  it('knows this machine', () => {
    const { cores, freeBytes } = thisMachine();
    expect(cores).toBeGreaterThanOrEqual(1);
    expect(freeBytes).toBeGreaterThan(0);
  });
});
