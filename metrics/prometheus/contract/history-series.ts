/** The script of the history: each series, and its value at every step (10 s). */

export interface Series {
  /** Name in the `# TYPE` line. */
  readonly family: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';
  /** Name and labels as an exposition writes them. */
  readonly metric: string;
  /** `undefined`: no sample at that step. */
  at(step: number): number | undefined;
}

type Script = (step: number) => number | undefined;

const milli = (value: number): number => Math.round(value * 1_000) / 1_000;

function of(family: string, type: Series['type'], scripts: Readonly<Record<string, Script>>, suffix = ''): Series[] {
  return Object.entries(scripts).map(([labels, at]) => ({
    family,
    type,
    metric: `${family}${suffix}${labels === '' ? '' : `{${labels}}`}`,
    at,
  }));
}

const counters = [
  ...of('requests_total', 'counter', {
    'method="GET",code="200"': (step) => step * 13 + Math.floor((step * step) / 7),
    'method="GET",code="500"': (step) => Math.floor(step / 5),
    'method="POST",code="200"': (step) => step * 7.5,
    // Restarts once.
    'method="POST",code="500"': (step) => (step < 30 ? step * 2 : (step - 30) * 2),
    // Restarts again and again.
    'method="PUT",code="200"': (step) => (step % 20) * 3,
    'method="PUT",code="500"': (step) => step * 0.1,
  }),
  ...of(
    'shard_events_total',
    'counter',
    Object.fromEntries(
      Array.from({ length: 12 }, (_, shard) => [
        `shard="${shard}",zone="${'abc'[shard % 3]}"`,
        (step: number) => step * (shard + 1) + ((shard * 7) % 11),
      ]),
    ),
  ),
];

const gauges = [
  ...of('temperature_celsius', 'gauge', {
    'room="kitchen"': (step) => milli(20 + 5 * Math.sin(step / 5)),
    'room="hall"': (step) => milli(18 + step / 10),
    'room="attic"': (step) => milli(-3 + 8 * Math.cos(step / 7)),
  }),
  ...of('requests_limit', 'gauge', {
    'method="GET"': () => 1_000,
    'method="POST"': () => 500,
    'method="HEAD"': () => 1,
  }),
  ...of('build_info', 'gauge', { 'version="1.2.3",revision="abc"': () => 1 }),
  ...of('switch_on', 'gauge', { '': (step) => (step % 6 < 3 ? 1 : 0) }),
  ...of('flat', 'gauge', { '': () => 42 }),
  ...of('ramp', 'gauge', { '': (step) => step }),
  ...of('angle_radians', 'gauge', {
    'turn="some"': (step) => milli(step / 10),
    'turn="back"': (step) => milli(-step / 100),
  }),
  ...of('share', 'gauge', { '': (step) => milli(step / 60) }),
];

const oddities = [
  ...of('special', 'gauge', {
    'kind="nan"': () => Number.NaN,
    'kind="inf"': () => Number.POSITIVE_INFINITY,
    'kind="neginf"': () => Number.NEGATIVE_INFINITY,
    'kind="zero"': () => 0,
    'kind="negzero"': () => -0,
    'kind="denormal"': () => 5e-324,
    'kind="huge"': () => 1.7976931348623157e308,
    'kind="precise"': () => 0.1 + 0.2,
    'kind="sometimes_nan"': (step) => (step % 4 === 0 ? Number.NaN : step),
    'kind="sometimes_inf"': (step) => (step % 10 === 5 ? Number.POSITIVE_INFINITY : step),
  }),
  ...of('patchy', 'gauge', {
    'seen="early"': (step) => (step <= 12 ? step : undefined),
    'seen="late"': (step) => (step >= 30 ? step : undefined),
    'seen="twice"': (step) => (step <= 6 || step >= 48 ? step * 10 : undefined),
    'seen="once"': (step) => (step === 30 ? 7 : undefined),
  }),
  ...of('odd_label', 'gauge', {
    'value="ünïcödé 雪 🦀"': () => 1,
    'value="a \\"quoted\\" word"': () => 2,
    'value="back\\\\slash"': () => 3,
    'value="two\\nlines"': () => 4,
    'value=""': () => 5,
    'value="<b>&amp;\u2028</b>"': () => 6,
    'value=" spaces "': () => 7,
    [`value="${'long'.repeat(200)}"`]: () => 8,
  }),
  // Dates that calendars get wrong, and one before 1970.
  ...of('event_timestamp_seconds', 'gauge', {
    'event="leap_day"': () => 951_782_400,
    'event="year_end"': () => 1_735_689_599,
    'event="century"': () => 4_107_542_399.5,
    'event="before"': () => -86_400 * 365.25,
  }),
];

const bounds = ['0.1', '0.5', '1', '5', '+Inf'];

function buckets(family: string, labels: string, growth: readonly number[], until = bounds.length): Series[] {
  const at = (index: number) => (step: number) =>
    growth.slice(0, index + 1).reduce((sum, each) => sum + each * step, 0);
  const scripts = bounds.slice(0, until).map((le, index) => [`${labels},le="${le}"`, at(index)] as const);
  return of(family, 'histogram', Object.fromEntries(scripts), '_bucket');
}

const distributions = [
  ...buckets('latency_seconds', 'handler="api"', [5, 9, 4, 2, 1]),
  ...of('latency_seconds', 'histogram', { 'handler="api"': (step) => step * 21 }, '_count'),
  ...of('latency_seconds', 'histogram', { 'handler="api"': (step) => milli(step * 14.7) }, '_sum'),
  ...buckets('latency_seconds', 'handler="web"', [1, 2, 3, 0, 0]),
  ...of('latency_seconds', 'histogram', { 'handler="web"': (step) => step * 6 }, '_count'),
  ...of('latency_seconds', 'histogram', { 'handler="web"': (step) => milli(step * 3.3) }, '_sum'),
  ...buckets('endless_seconds', 'handler="none"', [1, 1, 1, 1], 4),
  ...buckets('empty_seconds', 'handler="none"', [0, 0, 0, 0, 0]),
  ...of('shrinking_seconds', 'histogram', { 'le="1"': () => 10, 'le="2"': () => 8, 'le="+Inf"': () => 12 }, '_bucket'),
  ...of(
    'mislabelled_seconds',
    'histogram',
    { 'le="1"': () => 10, 'le="wide"': () => 11, 'le="+Inf"': () => 12 },
    '_bucket',
  ),
  ...of('rpc_duration_seconds', 'summary', {
    'quantile="0.5"': (step) => milli(0.05 + step / 1_000),
    'quantile="0.9"': (step) => milli(0.2 + step / 500),
    'quantile="0.99"': () => Number.NaN,
  }),
  ...of('rpc_duration_seconds', 'summary', { '': (step) => step * 4 }, '_count'),
  ...of('rpc_duration_seconds', 'summary', { '': (step) => milli(step * 0.37) }, '_sum'),
];

export const series: readonly Series[] = [...counters, ...gauges, ...oddities, ...distributions];
