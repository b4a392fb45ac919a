/** What a scrape leaves in the store. */
import { beforeEach, describe, expect, test } from 'vitest';
import { always, type Rig, rigForAll, startMs } from './fixture.ts';

const open = rigForAll();
let rig: Rig;
let job = 0;
let labels: Record<string, string>;
beforeEach(() => {
  rig = open();
  // A job for each test, so that they can share one engine.
  labels = { job: `job-${++job}`, instance: 'i' };
});
const shot = (second: number, more: object = {}) => ({ second, labels, target: labels.job ?? '', ...more });
const mine = (name: string): string => `${name}{job="${labels.job}"}`;

test('the scrape describes itself', async () => {
  expect(await rig.scrape('a 1\nb{x="y"} 2\n', shot(0))).toEqual({ samplesScraped: 2, seriesAdded: 2 });
  expect(await rig.scrape('a 1\nb{x="y"} 2\n', shot(1))).toEqual({ samplesScraped: 2, seriesAdded: 0 });
  expect(await rig.vector(mine('{__name__!=""}').replace('}{', ','), 0)).toEqual({
    a: '1',
    'b{x="y"}': '2',
    up: '1',
    scrape_duration_seconds: '0.25',
    scrape_samples_scraped: '2',
    scrape_samples_post_metric_relabeling: '2',
    scrape_series_added: '2',
  });
  expect(await rig.vector(mine('scrape_series_added'), 1)).toEqual({ scrape_series_added: '0' });
});

test('a series that vanished is stale at once, and may come back', async () => {
  await rig.scrape('a 1\nb 2\n', shot(0));
  await rig.scrape('a 3\n', shot(1));
  expect(await rig.vector(mine('b'), 0)).toEqual({ b: '2' });
  expect(await rig.vector(mine('b'), 1)).toEqual({});
  await rig.scrape('b 4\n', shot(2));
  expect(await rig.vector(mine('b'), 2)).toEqual({ b: '4' });
});

test('a target that does not answer is down and all its series are stale', async () => {
  await rig.scrape('a 1\n', shot(0));
  await rig.scrape(undefined, shot(1));
  expect(await rig.vector(mine('a'), 1)).toEqual({});
  expect(await rig.vector(mine('up'), 1)).toEqual({ up: '0' });
  expect(await rig.vector(mine('scrape_samples_scraped'), 1)).toEqual({ scrape_samples_scraped: '0' });
});

test('an empty answer is a good one', async () => {
  expect(await rig.scrape('', shot(0))).toEqual({ samplesScraped: 0, seriesAdded: 0 });
  expect(await rig.vector(mine('up'), 0)).toEqual({ up: '1' });
});

test('a target that ended is stale, its own series too', async () => {
  await rig.scrape('a 1\n', shot(0));
  await rig.engine.endTarget(labels.job ?? '', startMs + 1000);
  expect(await rig.vector(mine('a'), 1)).toEqual({});
  expect(await rig.vector(mine('up'), 1)).toEqual({});
  expect(await rig.vector(mine('up'), 0)).toEqual({ up: '1' });
});

describe('labels', () => {
  test('the target wins, and what it hides is kept as exported', async () => {
    await rig.scrape('a{job="mine",exported_job="older"} 1\n', shot(0));
    expect(await rig.vector(mine('a'), 0)).toEqual({ 'a{exported_exported_job="mine",exported_job="older"}': '1' });
  });

  test('honored, the sample wins', async () => {
    const own = `own-${job}`;
    await rig.scrape(`a{job="${own}"} 1\n`, shot(0, { honorLabels: true }));
    expect(await rig.vector(mine('a'), 0)).toEqual({});
    expect(await rig.vector(`a{job="${own}"}`, 0)).toEqual({ a: '1' });
  });

  test('any UTF-8 comes back as it was', async () => {
    await rig.scrape('{"a.b c",x="\\"<ü&\\n\\\\"} 1\n', shot(0));
    const answer = await rig.ask(`{"a.b c",job="${labels.job}"}`, 0);
    expect(answer.ok && JSON.parse(answer.data).result[0].metric).toEqual({
      __name__: 'a.b c',
      x: '"<ü&\n\\',
      job: labels.job,
      instance: 'i',
    });
  });

  test('1 MiB of label', async () => {
    const long = 'x'.repeat(1 << 20);
    expect(await rig.scrape(`a{l="${long}"} 1\n`, shot(0))).toEqual({ samplesScraped: 1, seriesAdded: 1 });
    const values = await rig.engine.labelValues('l', { ...always, matchers: [mine('a')] });
    expect(values.ok && JSON.parse(values.data)).toEqual([long]);
  });
});

describe('timestamps', () => {
  test('honored: the sample stands where it says, and is not marked stale', async () => {
    await rig.scrape(`a 7 ${startMs + 500}\n`, shot(2));
    await rig.scrape('', shot(3));
    const answer = await rig.ask(mine('a[10s]').replace('[10s]{', '{').replace('}', '}[10s]'), 3);
    expect(answer.ok && JSON.parse(answer.data).result[0].values).toEqual([[startMs / 1000 + 0.5, '7']]);
  });

  test('not honored: the scrape says when', async () => {
    await rig.scrape(`a 7 ${startMs + 500}\n`, shot(2, { honorTimestamps: false }));
    const answer = await rig.ask(`timestamp(${mine('a')})`, 2);
    expect(answer.ok && JSON.parse(answer.data).result[0].value[1]).toBe(String(startMs / 1000 + 2));
  });

  test('out of order, too far ahead and twice in one scrape: left out, the scrape is good', async () => {
    await rig.scrape(`a 1 ${startMs + 5000}\n`, shot(5));
    const later = await rig.scrape(`a 2 ${startMs + 4000}\nb 3 ${startMs + 3_600_000}\nc 4\nc 5\n`, shot(6));
    expect(later).toEqual({ samplesScraped: 4, seriesAdded: 1 });
    expect(await rig.vector(mine('a'), 7)).toEqual({ a: '1' });
    expect(await rig.vector(mine('b'), 7)).toEqual({});
    expect(await rig.vector(mine('c'), 7)).toEqual({ c: '4' });
    expect(await rig.vector(mine('up'), 7)).toEqual({ up: '1' });
  });
});

describe('a scrape that fails', () => {
  test.each([
    ['garbage', '%\u0001\n', 'text/plain', /expected a valid start token/],
    ['a line cut off', 'a 1\nb{x="y', 'text/plain', /expected/],
    ['a label twice', 'a{x="1",x="2"} 1\n', 'text/plain', /^label name "x" is not unique: invalid sample$/],
    ['HTML', '<html><body>no</body></html>\n', 'text/html', /unsupported Content-Type "text\/html"/],
    ['no content type', 'a 1\n', '', /blank Content-Type and no fallback_scrape_protocol/],
    ['OpenMetrics without an end', 'a 1\n', 'application/openmetrics-text', /EOF/],
  ])('%s: nothing of it is kept', async (_name, body, contentType, reason) => {
    await rig.scrape('before 1\n', shot(0));
    expect((await rig.scrape(body, shot(1, { contentType }))).error).toMatch(reason);
    expect(await rig.vector(mine('up'), 1)).toEqual({ up: '0' });
    expect(await rig.vector(mine('a'), 1)).toEqual({});
    expect(await rig.vector(mine('before'), 1)).toEqual({});
  });

  test('1 MiB of garbage, with an error that can be read', async () => {
    const { error = '' } = await rig.scrape(new Uint8Array(1 << 20).fill(0x41), shot(0));
    expect(error).toMatch(/^expected/);
    expect(error.length).toBeLessThan(1100);
  });

  test('a fallback stands in for a missing content type', async () => {
    const exposition = {
      body: new TextEncoder().encode('a 1\n'),
      contentType: undefined,
      fallbackProtocol: 'PrometheusText0.0.4',
    };
    expect(await rig.scrape(undefined, shot(0, { exposition }))).toEqual({ samplesScraped: 1, seriesAdded: 1 });
  });

  test.each([
    ['samples', { samples: 1 }, /^sample limit exceeded$/],
    ['labels', { labels: 3 }, /^label_limit exceeded \(metric: b, number of labels: 4, limit: 3\)$/],
    [
      'labelNameLength',
      { labelNameLength: 8 },
      /^label_name_length_limit exceeded .* label name: long_name, length: 9, limit: 8\)$/,
    ],
    ['labelValueLength', { labelValueLength: 10 }, /^label_value_length_limit exceeded .* length: 11, limit: 10\)$/],
  ])('over its limit of %s', async (_name, limit, reason) => {
    const limits = { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0, ...limit };
    const { error } = await rig.scrape('a 1\nb{long_name="eleven byte"} 2\n', shot(0, { limits }));
    expect(error).toMatch(reason);
    expect(await rig.vector(mine('a'), 0)).toEqual({});
    expect(await rig.vector(mine('up'), 0)).toEqual({ up: '0' });
  });
});

// Last, since all tests share a store, which refuses what is an hour older than this.
test('the newest sample of the scrapes before says what is too old, not one of the same scrape', async () => {
  await rig.scrape('a 1\n', shot(10_000));
  const minute = (minutes: number): number => startMs + 10_000_000 + minutes * 60_000;
  await rig.scrape(`ahead 1 ${minute(9)}\nold 2 ${minute(-55)}\nolder 3 ${minute(-65)}\n`, shot(10_001));
  expect(await rig.vector(mine('old'), 10_000 - 55 * 60)).toEqual({ old: '2' });
  expect(await rig.vector(mine('older'), 10_000 - 65 * 60)).toEqual({});
});
