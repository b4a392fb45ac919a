import { expect, it } from 'vitest';
import type { Result } from './toxiproxy-load.ts';
import { tableOf } from './toxiproxy-table.ts';

function result(name: string, speed: number): Result {
  return {
    name,
    roundTripsMs: [9, 0.1 / speed, 0.1 / speed, 0.1 / speed],
    downloads: [1, 400 * speed, 9999],
    uploads: [1, 200 * speed, 9999],
    connections: [1, 1000 * speed, 9999],
  };
}

it('gives medians, and ratios of ours to the real server in which more is better', () => {
  const lines = tableOf([result('direct', 5), result('real', 1), result('ours', 2)]).split('\n');
  const cells = lines.map((line) => line.trim().split(/ {2,}/));
  expect(cells[2]).toEqual(['real', '100 µs', '9000 µs', '400 MB/s', '200 MB/s', '1000 /s']);
  expect(cells.slice(4)).toEqual([['ours / real', '2.00×', '1.00×', '2.00×', '2.00×', '2.00×']]);
});

it('compares nothing where there is no real server', () => {
  expect(tableOf([result('direct', 5), result('ours', 2)])).not.toContain('×');
});
