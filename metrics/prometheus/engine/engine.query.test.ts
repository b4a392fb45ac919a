/** What queries and selections answer, as text where the text is what counts. */
import { beforeAll, describe, expect, test } from 'vitest';
import { always, type Rig, rigForAll, startMs } from './fixture.ts';

const open = rigForAll();
let rig: Rig;

const buckets = (n: number) =>
  `# TYPE h histogram\nh_bucket{le="1"} ${n}\nh_bucket{le="2"} ${3 * n}\nh_bucket{le="+Inf"} ${4 * n}\nh_sum ${6 * n}\nh_count ${4 * n}\n`;

beforeAll(async () => {
  rig = open();
  for (let second = 0; second <= 20; second++) {
    // A counter that is reset after 10 seconds.
    const count = second <= 10 ? second * 2 : (second - 11) * 2 + 1;
    await rig.scrape(
      `# TYPE c_total counter\nc_total ${count}\ng{z="1",a="2"} 1e21\nnone NaN\nplus +Inf\nminus -Inf\ntiny 1e-9\n${buckets(second)}`,
      { second },
    );
  }
});

const data = async (query: string, second = 20): Promise<string> => {
  const answer = await rig.ask(query, second);
  return answer.ok ? answer.data : `${answer.errorType}: ${answer.error}`;
};
const vectorOf = (metric: string, value: string): string =>
  `{"resultType":"vector","result":[{"metric":{${metric}},"value":[1700000020,"${value}"]}]}`;

describe('JSON', () => {
  const target = '"instance":"i","job":"j"';
  test.each([
    ['g', vectorOf(`"__name__":"g","a":"2",${target},"z":"1"`, '1e+21')],
    ['g * 10', vectorOf(`"a":"2",${target},"z":"1"`, '1e+22')],
    ['none', vectorOf(`"__name__":"none",${target}`, 'NaN')],
    ['plus', vectorOf(`"__name__":"plus",${target}`, '+Inf')],
    ['minus', vectorOf(`"__name__":"minus",${target}`, '-Inf')],
    ['tiny', vectorOf(`"__name__":"tiny",${target}`, '1e-09')],
    ['sum(up)', vectorOf('', '1')],
    ['absent_thing', '{"resultType":"vector","result":[]}'],
    ['time()', '{"resultType":"scalar","result":[1700000020,"1700000020"]}'],
    ['"<a>"', '{"resultType":"string","result":[1700000020,"\\u003ca\\u003e"]}'],
    [
      'up[2s]',
      `{"resultType":"matrix","result":[{"metric":{"__name__":"up",${target}},"values":[[1700000019,"1"],[1700000020,"1"]]}]}`,
    ],
  ])('%s', async (query, expected) => expect(await data(query)).toBe(expected));

  test('a range, with a time that is no whole second', async () => {
    const range = { startMs: startMs + 1500, endMs: startMs + 3500, stepMs: 1000, timeoutMs: 60_000 };
    const answer = await rig.engine.queryRange({ query: 'sum(c_total)', ...range });
    expect(answer.ok && answer.data).toBe(
      '{"resultType":"matrix","result":[{"metric":{},"values":[[1700000001.500,"2"],[1700000002.500,"4"],[1700000003.500,"6"]]}]}',
    );
  });
});

describe('PromQL, as of 3.x', () => {
  test.each([
    ['ranges are open to the left', 'count_over_time(up[20s])', '20'],
    ['a reset is no loss (37 seen over 19 s)', 'increase(c_total[20s])', '38.94736842105263'],
    ['a reset is counted', 'resets(c_total[20s])', '1'],
    ['le is normalised', 'count(h_bucket{le="1.0"})', '1'],
    ['quantile of a histogram', 'histogram_quantile(0.5, rate(h_bucket[10s]))', '1.5'],
    ['negative offset', 'sum(c_total offset -1s) unless on () vector(0)', undefined],
    ['@', 'sum(c_total @ 1700000010)', '20'],
    ['a subquery without a step takes the interval of evaluation', 'count_over_time(up[10s:])', '10'],
    ['lookback', 'count(up offset 10s)', '1'],
  ])('%s', async (_name, query, expected) => {
    expect(Object.values(await rig.vector(query, 20))).toEqual(expected === undefined ? [] : [expected]);
  });
});

describe('notes', () => {
  test('infos', async () => {
    const answer = await rig.ask('rate(tiny[5s])', 20);
    expect(answer.ok && [answer.warnings, answer.infos]).toEqual([
      [],
      ['PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "tiny" (1:6)'],
    ]);
  });

  test('warnings', async () => {
    const answer = await rig.ask('quantile(2, up)', 20);
    expect(answer.ok && answer.warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)',
    ]);
  });

  test('a limit cuts, and says so', async () => {
    const answer = await rig.ask('{job="j"}', 20, { limit: 2 });
    expect(answer.ok && [JSON.parse(answer.data).result.length, answer.warnings]).toEqual([
      2,
      ['results truncated due to limit'],
    ]);
  });
});

test.each([
  ['sum(', 'bad_data: invalid parameter "query": 1:5: parse error: unclosed left parenthesis'],
  ['', 'bad_data: invalid parameter "query": unknown position: parse error: no expression found in input'],
  ['up + on (nothing) {__name__=~"c_total|plus"}', /^execution: found duplicate series for the match group/],
  [`${'('.repeat(1001)}1${')'.repeat(1001)}`, /nested deeper than 1000 levels/],
  [`"${'x'.repeat(33_000)}"`, /longer than 32768 bytes/],
])('refused: %s', async (query, reason) => expect(await data(query)).toMatch(reason));

describe('selections', () => {
  test('series of one selector in the order of their birth, of several sorted', async () => {
    const birth = await rig.engine.series({ ...always, matchers: ['{__name__=~"up|minus|plus"}'] });
    const sorted = await rig.engine.series({
      ...always,
      matchers: ['up', 'plus', 'minus', 'up'],
    });
    const names = (answer: typeof birth) =>
      answer.ok && JSON.parse(answer.data).map((one: { __name__: string }) => one.__name__);
    expect(names(birth)).toEqual(['plus', 'minus', 'up']);
    expect(names(sorted)).toEqual(['minus', 'plus', 'up']);
  });

  test('label names and values', async () => {
    const names = await rig.engine.labelNames({ ...always, matchers: ['g', 'h_bucket'] });
    expect(names.ok && names.data).toBe('["__name__","a","instance","job","le","z"]');
    const values = await rig.engine.labelValues('le', { ...always, matchers: [] });
    expect(values.ok && values.data).toBe('["+Inf","1.0","2.0"]');
    const none = await rig.engine.labelValues('le', { ...always, endMs: startMs - 1, matchers: [] });
    expect(none.ok && none.data).toBe('[]');
  });

  test('a selector that selects everything is refused', async () => {
    const error = 'match[] must contain at least one non-empty matcher';
    expect(await rig.engine.labelNames({ ...always, matchers: ['{a=~".*"}'] })).toEqual({
      ok: false,
      errorType: 'bad_data',
      error,
    });
    expect(await rig.engine.series({ ...always, matchers: ['{a=~".*"}'] })).toEqual({
      ok: false,
      errorType: 'bad_data',
      error: `invalid parameter "match[]": ${error}`,
    });
  });
});
