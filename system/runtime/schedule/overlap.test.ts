import { describe, expect, it } from 'vitest';
import { decideOverlap, maxOpen } from './overlap.ts';

const runs = (n: number) => Array.from({ length: n }, (_, i) => ({ id: `run-${i}` }));

describe('decideOverlap', () => {
  it.each([
    ['skip', 0, [1, 2, 3], [1], [2, 3], []],
    ['skip', 1, [1, 2], [], [1, 2], []],
    ['buffer-one', 0, [1, 2, 3], [1, 2], [3], []],
    ['buffer-one', 1, [1, 2], [1], [2], []],
    ['buffer-one', 2, [1], [], [1], []],
    ['buffer-all', 0, [1, 2], [1, 2], [], []],
    ['buffer-all', 50, [1, 2], [1, 2], [], []],
    ['buffer-all', maxOpen - 1, [1, 2], [1], [2], []],
    ['cancel-other', 0, [1], [1], [], []],
    ['cancel-other', 2, [1, 2], [2], [1], ['run-0', 'run-1']],
    ['cancel-other', 2, [], [], [], []],
  ] as const)('%s with %d open', (policy, open, due, claimed, missed, cancelled) => {
    expect(decideOverlap(policy, due, runs(open))).toEqual({ claimed, missed, cancelled });
  });
});
