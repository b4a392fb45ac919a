/** Limits: the store's, a query's, and what happens when the engine itself gives up. */
import { describe, expect, test, vi } from 'vitest';
import { always, generous, Rig, rigForAll, startMs } from './fixture.ts';
import { startEngine } from './start-engine.ts';

const lines = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `x{k="${from + i}"} ${i}\n`).join('');

describe('series', () => {
  const open = rigForAll({ maxSeries: 10 });

  test('the scrape that adds too many fails, and says so; what was there goes on', async () => {
    const rig = open();
    expect(await rig.scrape(lines(5), { second: 0 })).toEqual({ samplesScraped: 5, seriesAdded: 5 });
    const tooMany = await rig.scrape(lines(20), { second: 1 });
    expect(tooMany.error).toBe('too many series: the limit is 10');
    expect(await rig.vector('up', 1)).toEqual({ up: '0' });
    expect((await rig.engine.size()).series).toBe(10);
    expect(await rig.scrape(lines(5), { second: 2 })).toMatchObject({ samplesScraped: 5 });
    expect(await rig.vector('count(x)', 2)).toEqual({ '': '5' });
  });
});

describe('samples', () => {
  const open = rigForAll({ maxSamples: 1000 });

  test('the oldest are forgotten first', async () => {
    const rig = open();
    // 15 samples each.
    for (let second = 0; second < 200; second++) await rig.scrape(lines(10), { second });
    const { samples } = await rig.engine.size();
    expect(samples).toBeLessThanOrEqual(1000);
    expect(samples).toBeGreaterThan(850);
    expect(await rig.vector('count(x)', 199)).toEqual({ '': '10' });
    expect(await rig.vector('count(x)', 100)).toEqual({});
  });
});

test('10,000 scrapes with retention take no more memory than the first thousand', async () => {
  await using engine = await startEngine({ limits: generous });
  const rig = new Rig(engine);
  const scrape = async (from: number, to: number) => {
    const pending: Promise<unknown>[] = [];
    for (let second = from; second < to; second++) {
      // One series in twenty has a name that was never seen before.
      pending.push(rig.scrape(lines(19) + lines(1, second + 100), { second }));
      if (second % 100 === 0) pending.push(engine.forgetBefore(startMs + (second - 300) * 1000));
    }
    await Promise.all(pending);
    return engine.size();
  };
  const early = await scrape(0, 1000);
  const late = await scrape(1000, 10_000);
  expect(late.memoryBytes - early.memoryBytes).toBeLessThan(8 << 20);
  expect(late.samples).toBeLessThan(26 * 401);
  expect(late.series).toBeLessThan(25 + 401);
}, 120_000);

describe('a query', () => {
  const open = rigForAll({ maxQuerySamples: 100_000 });

  test('that would touch 50 million samples is refused', async () => {
    const rig = open();
    for (let second = 0; second < 100; second++) await rig.scrape(lines(50), { second });
    const error = 'query processing would load too many samples into memory in query execution';
    const tooMany = { ok: false, errorType: 'execution', error };
    // 50 series, 1,000,000 steps.
    const range = { startMs: startMs + 99_000, endMs: startMs + 1_000_099_000, stepMs: 1000, timeoutMs: 60_000 };
    const refused = await rig.engine.queryRange({ query: 'x', ...range, lookbackDeltaMs: 2_000_000_000 });
    expect(refused.ok ? 'an answer' : refused).toEqual(tooMany);
    expect(await rig.ask('count_over_time(x[10s:1ms])', 99)).toEqual(tooMany);
    // Would take gigabytes before there is a sample.
    expect(await rig.ask('max_over_time(vector(1)[5000d:1s])', 99)).toEqual(tooMany);
    expect(await rig.vector('count(x)', 99)).toEqual({ '': '50' });
  });

  test.each([
    ['in the store', 'max_over_time(sum_over_time(x[100s])[100s:1ms])'],
    ['beside it', 'max_over_time(count_values("v", vector(time()) % 7)[10000s:10ms])'],
  ])('that takes too long %s is stopped', async (_name, query) => {
    const begin = performance.now();
    const answer = await open().ask(query, 99, { timeoutMs: 20 });
    // The latter where the machine is so busy that it had not begun.
    const error = expect.stringMatching(/^query timed out in (expression evaluation|query execution)$/);
    expect(answer).toEqual({ ok: false, errorType: 'timeout', error });
    // Without a timeout they take many times as long.
    expect(performance.now() - begin).toBeLessThan(20_000);
  });
});

describe('an answer', () => {
  const open = rigForAll();

  test('of more than 64 MiB is refused, and the engine goes on', async () => {
    // Six bytes of JSON each.
    await open().scrape(`a{l="${'\u0001'.repeat(11 << 20)}"} 1\n`, { second: 0 });
    const tooLarge = 'the answer would be larger than 64 MiB';
    await expect(open().engine.labelValues('l', { ...always, matchers: [] })).rejects.toThrow(tooLarge);
    expect(await open().ask('a', 0)).toEqual({ ok: false, errorType: 'execution', error: tooLarge });
    expect(await open().ask('1', 0)).toMatchObject({ ok: true });
  }, 60_000);
});

describe('a call that panics', () => {
  const open = rigForAll();

  test('is an error of its own, and the engine goes on', async () => {
    // Half a millisecond is no time, and nobody may ask for it.
    await expect(open().ask('1', 0.0005)).rejects.toThrow(/^panic: .*TimeMs/);
    expect(await open().ask('1', 0)).toMatchObject({ ok: true });
  });
});

test('the end of the engine is told to all who wait, and to all who come later', async () => {
  await using engine = await startEngine({ limits: { ...generous, maxQuerySamples: 1e9 } });
  const rig = new Rig(engine);
  // A label of 10 bytes becomes one of 10 kB, 10 MB, and 4.28 GB: just less than Go refuses by itself, more than is left.
  const repeated = (vector: string, times: number): string => `label_join(${vector}, "a", ""${', "a"'.repeat(times)})`;
  const label = 'label_replace(vector(1), "a", "0123456789", "", "")';
  const query = repeated(repeated(repeated(label, 1000), 1000), 428);
  const fatal = rig.ask(query, 0);
  const waiting = rig.ask('1', 0);
  const reason = /The PromQL engine died, and its samples are lost: .*out of memory/;
  for (const { reason: error } of (await Promise.allSettled([fatal, waiting])) as PromiseRejectedResult[]) {
    expect(String(error)).toMatch(reason);
  }
  await expect(rig.ask('1', 0)).rejects.toThrow(reason);
  expect(String(await engine.died)).toMatch(reason);
}, 60_000);

test('a stopped engine says so', async () => {
  const engine = await startEngine({ limits: generous });
  const waiting = expect(engine.size()).rejects.toThrow('The PromQL engine was stopped.');
  const died = vi.fn();
  void engine.died.then(died);
  await engine[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await waiting;
  await expect(engine.size()).rejects.toThrow('The PromQL engine was stopped.');
  expect(died).not.toHaveBeenCalled();
});
