/** Selecting: matchers, names, offset and `@`, lookback, ranges, subqueries, odd label values. */
import { type Case, instant } from '../case.ts';

export const selectors: readonly Case[] = [
  ...instant(
    300,
    String.raw`
      requests_total
      requests_total{method="GET"}
      requests_total{method!="GET"}
      requests_total{method=~"G.*|PUT"}
      requests_total{method!~"G.*"}
      requests_total{method=~".*",code!~"5.."}
      requests_total{method="GET",code="200",job="history"}
      requests_total{absent_label=""}
      requests_total{code=~"2|20|200"}
      requests_total{code=~"(?i)200",method=~"(?i)get"}
      {__name__="flat"}
      {__name__=~"requests_(total|limit)"}
      {__name__!~"a.*|sc.*",method="HEAD"}
      {"flat"}
      {"requests_total",method="GET"}
      {'requests_total','method'='GET'}
      flat[5]
      requests_total{method="GET",}
      requests_total offset 1m
      requests_total offset -1m
      requests_total offset 90s
      requests_total @ T(120)
      requests_total @ T(120.5)
      requests_total @ T(120) offset 1m
      requests_total offset 1m @ T(120)
      requests_total[30s]
      requests_total[30s] offset 1m
      requests_total[30s] @ T(60)
      requests_total{method="POST"}[1m5s]
      requests_total{method="PUT"}[29s999ms]
      ramp[1m] @ T(5)
      # Left-open: the sample at the left end is not in.
      count_over_time(ramp[20s])
      count_over_time(ramp[19s])
      count_over_time(ramp[21s])
      rate(requests_total[1m])[2m:30s]
      ramp[1m:7s]
      ramp[1m:20s] offset 10s
      ramp[1m:] @ T(200)
      max_over_time(rate(requests_total{method="GET"}[30s])[3m:15s])
      sum(requests_total)[1m:20s]
      avg_over_time((ramp * 2)[1m:10s] offset 30s)
      patchy
      special
      odd_label
      odd_label{value="ünïcödé 雪 🦀"}
      odd_label{value="a \"quoted\" word"}
      odd_label{value='a "quoted" word'}
      odd_label{value="back\\slash"}
      odd_label{value="two\nlines"}
      odd_label{value=""}
      odd_label{value=" spaces "}
      odd_label{value=~".*\\\\.*"}
      odd_label{value=~"(?s).*\n.*"}
      odd_label{value=~"\\p{L}+.*"}
      odd_label{value=~".{800}"}
      latency_seconds_bucket
      latency_seconds_bucket{le="1.0"}
      latency_seconds_bucket{le="+Inf"}
      rpc_duration_seconds
      jobs_total
      jobs_created
      size_bytes_bucket
      {__name__=~"size_bytes_(count|sum)"}
      mode
      release_info
      unknown_thing
      {"service.requests"}
      {"service.requests","http.method"="GET"}
      sum by ("http.method") ({"service.requests"})
      {"数"}
      {"数","单位"=~".+"}
      plain_in_quotes
      {job="utf8"}
    `,
  ),
  ...instant(
    300,
    `
      latency_seconds_bucket{le="1"}
      requests_total{method="get"}
      requests_total{method=~"GE"}
      {__name__=~"no_such.+"}
      no_such_metric
      no_such_metric[5m]
      flat offset 1h
      flat @ T(-1)
      rate(patchy{seen="once"}[1m])
      requests_total{code=~"2"}
      {"flat",__name__="other"}
      __name__{}
      sum{}
      offset
    `,
    { expect: 'nothing' },
  ),
  // The history ends at 600 s; a sample is seen for 5 min, and no longer.
  ...instant(599.999, 'ramp\nramp[10s]\npatchy'),
  ...instant(600, 'ramp\nramp[10s]\npatchy'),
  ...instant(899.999, 'ramp\nsum(requests_total)'),
  ...instant(900, 'ramp\nsum(requests_total)', { expect: 'nothing' }),
  ...instant(630, 'flat', { lookback: '30001ms' }),
  ...instant(630, 'flat', { lookback: '30s', expect: 'nothing' }),
  ...instant(0, 'ramp\nramp[1s]\nrequests_total'),
  ...instant(599.999, 'ramp[9s999ms]', { expect: 'nothing' }),
  ...instant(-1, 'ramp\nramp[1s]', { expect: 'nothing' }),
  ...instant(455, 'patchy\npatchy[5m]\npresent_over_time(patchy[4m])'),
  ...instant(300, 'sort(requests_total)\nrequests_total[30s]', { limit: 100, jitter: [] }),
  ...instant(300, 'sort(shard_events_total)\nsort_desc(requests_total)', {
    limit: 2,
    jitter: [],
    expect: 'annotation',
  }),
];
