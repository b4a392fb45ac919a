/** From Prometheus's answer to the file and back. */
import { expect, test } from 'vitest';
import { collected } from './collected.ts';
import { packRecording, unpackRecording } from './recording.ts';

const target = { job: 'openclaw', instance: 'a:1', layer: 'session' };
const other = { job: 'openclaw', instance: 'b:1', layer: 'gateway' };
const scraped = [
  {
    metric: { __name__: 'up', ...target },
    values: [
      [1, '1'],
      [2.004, '0'],
      [3, '1'],
      [4, '0'],
    ],
  },
  { metric: { __name__: 'up', ...other }, values: [[1.5, '1']] },
  {
    metric: { __name__: 'x', ...target, skill: 'a' },
    values: [
      [1, '7'],
      [3, 'NaN'],
    ],
  },
  { metric: { __name__: 'x', ...other }, values: [[1.5, '9']] },
] as const;

test('a value a scrape, null where there was none, until the last scrape that was answered', () => {
  expect(collected(scraped)).toEqual([
    {
      target,
      timesMs: [1_000, 2_004, 3_000],
      series: [
        { labels: { __name__: 'up', ...target }, values: ['1', '0', '1'] },
        { labels: { __name__: 'x', ...target, skill: 'a' }, values: ['7', null, 'NaN'] },
      ],
    },
    {
      target: other,
      timesMs: [1_500],
      series: [
        { labels: { __name__: 'up', ...other }, values: ['1'] },
        { labels: { __name__: 'x', ...other }, values: ['9'] },
      ],
    },
  ]);
});

test('what is packed is unpacked', () => {
  expect(unpackRecording(packRecording(collected(scraped)))).toEqual(collected(scraped));
});
