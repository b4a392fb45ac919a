/** The rest of the HTTP API: series and labels, parameters good and bad, methods, forms, what is not there. */
import { type Case, instant, posted, requests } from '../case.ts';

const error = { expect: 'error' } as const;
const form = 'application/x-www-form-urlencoded';

export const api: readonly Case[] = [
  ...requests(
    `
      /api/v1/series?match[]=requests_total
      /api/v1/series?match[]=requests_total{method="GET"}&match[]=flat
      /api/v1/series?match[]=requests_total&match[]={method="GET"}
      /api/v1/series?match[]={job="history",__name__!~"shard.*|odd.*"}
      /api/v1/series?match[]=patchy&start=T(0)&end=T(600)
      /api/v1/series?match[]={__name__=~"flat|ramp"}&limit=5
      /api/v1/series?match[]={"service.requests"}
      /api/v1/series?match[]=odd_label
      /api/v1/labels?match[]=requests_total
      /api/v1/labels?match[]=requests_total&match[]=temperature_celsius
      /api/v1/labels
      /api/v1/labels?start=T(0)&end=T(600)
      /api/v1/labels?match[]={job="utf8"}
      # Real Prometheus doesn't mind.
      /api/v1/series?match[]=flat&start=T(301)&end=T(300)
      /api/v1/label/__name__/values
      /api/v1/label/__name__/values?match[]={job="history"}
      /api/v1/label/__name__/values?match[]={job="openmetrics"}&match[]={job="utf8"}
      /api/v1/label/method/values
      /api/v1/label/method/values?match[]=requests_limit
      /api/v1/label/job/values
      /api/v1/label/value/values
      /api/v1/label/http.method/values
      /api/v1/label/U__http_2e_method/values
      /api/v1/label/le/values?match[]=latency_seconds_bucket
      /api/v1/query?query=flat&time=T(300)
      /api/v1/query?query="text"&time=T(300)
      /api/v1/query?query=1&time=T(300)&timeout=5s
      /api/v1/query?query=flat&time=T(300)&timeout=5&lookback_delta=1m
      /api/v1/query?query=flat&time=T(300)&stats=
      /api/v1/query?query=flat&time=T(300)&no_such_parameter=1
      /api/v1/query?query=flat&query=ramp&time=T(300)
      /api/v1/query?query=hour(vector(0))&time=2026-01-02T03:04:05Z
      /api/v1/query?query=time()&time=2026-01-02T03:04:05.678+01:00
      /api/v1/query?query=time()&time=1.5
      /api/v1/query?query=time()&time=-1
      /api/v1/query?query=time()&time=1e9
      /api/v1/query?query=time()&time=1234567890.1239
      /api/v1/query_range?query=time()&start=1&end=2&step=0.5
      /api/v1/query_range?query=time()&start=2026-01-02T03:04:05Z&end=2026-01-02T03:05:05Z&step=30s
      /api/v1/query_range?query=time()&start=0&end=60&step=1m
      /api/v1/query_range?query=flat&start=T(0)&end=T(600)&step=5m&timeout=1m
      /api/v1/scrape_pools
      /-/ready
      /-/healthy
    `,
  ),
  ...requests(
    `
      /api/v1/series?match[]=no_such_metric
      /api/v1/series?match[]=flat&start=0&end=1
      /api/v1/labels?match[]=no_such_metric
      /api/v1/query?query=flat&time=NaN
      /api/v1/labels?start=0&end=1
      /api/v1/label/method/values?match[]=flat
      /api/v1/label/no_such_label/values
      /api/v1/label/__name__/values?start=0&end=1
    `,
    { expect: 'nothing' },
  ),
  ...requests(
    `
      /api/v1/labels?limit=2
      /api/v1/label/__name__/values?limit=3
      /api/v1/label/method/values?match[]=requests_total&limit=1
      /api/v1/label/method/values?match[]=requests_total&match[]=requests_limit&limit=1
    `,
    // Which names are within the limit is chance.
    { expect: 'annotation', jitter: ['values'] },
  ),
  ...requests('/api/v1/series?match[]=shard_events_total&match[]=flat&limit=2', { expect: 'annotation' }),
  ...requests(
    `
      /api/v1/query
      /api/v1/query?query=
      /api/v1/query?query=flat&time=yesterday
      /api/v1/query?query=flat&time=1e400
      /api/v1/query?query=flat&time=2026-13-01T00:00:00Z
      /api/v1/query?query=flat&timeout=soon
      /api/v1/query?query=flat&timeout=-
      /api/v1/query?query=flat&limit=-1
      /api/v1/query?query=flat&limit=two
      /api/v1/query?query=flat&limit=1.5
      /api/v1/query?query=flat&lookback_delta=x
      /api/v1/query?time=T(300)
      /api/v1/query_range
      /api/v1/query_range?query=flat
      /api/v1/query_range?query=flat&start=1
      /api/v1/query_range?query=flat&start=1&end=2
      /api/v1/query_range?query=flat&start=2&end=1&step=1
      /api/v1/query_range?query=flat&start=1&end=2&step=0
      /api/v1/query_range?query=flat&start=1&end=2&step=-1
      /api/v1/query_range?query=flat&start=1&end=2&step=x
      /api/v1/query_range?query=flat&start=1&end=2&step=1e400
      /api/v1/query_range?query=flat&start=x&end=2&step=1
      /api/v1/query_range?query=flat&start=1&end=x&step=1
      /api/v1/query_range?query=flat&start=0&end=11001&step=1
      /api/v1/query_range?query=&start=1&end=2&step=1
      /api/v1/query_range?query=flat&start=1&end=2&step=1&limit=-1
      /api/v1/query_range?query=flat&start=1&end=2&step=1&timeout=x
      /api/v1/query_range?query=flat&start=1&end=2&step=1&lookback_delta=x
      /api/v1/series
      /api/v1/series?match[]=
      /api/v1/series?match[]={}
      /api/v1/series?match[]={a=""}
      /api/v1/series?match[]=1
      /api/v1/series?match[]=sum(flat)
      /api/v1/series?match[]=flat[5m]
      /api/v1/series?match[]=flat{
      /api/v1/series?match[]=flat&match[]=flat{
      /api/v1/series?match[]=flat&start=x
      /api/v1/series?match[]=flat&end=x
      /api/v1/series?match[]=flat&limit=x
      /api/v1/series?match=flat
      /api/v1/labels?match[]=flat{
      /api/v1/labels?match[]={}
      /api/v1/labels?limit=-1
      /api/v1/labels?start=x
      /api/v1/label/method/values?match[]=flat{
      /api/v1/label/method/values?limit=x
      /api/v1/label/method/values?end=x
      /api/v1/rules?type=x
      /api/v1/no_such_endpoint
      /api/v1/
      /api/v2/query?query=flat
      /no_such_page
    `,
    error,
  ),
  ...requests('/api/v1/query?query=flat&time=T(300)\n/api/v1/series?match[]=flat\n/api/v1/labels?match[]=flat', {
    method: 'POST',
  }),
  ...requests('/api/v1/query?query=1 +&time=T(300)\n/api/v1/label/job/values\n/api/v1/targets\n/api/v1/rules', {
    method: 'POST',
    ...error,
  }),
  ...requests('/api/v1/query\n/api/v1/series\n/api/v1/labels', { method: 'PUT', ...error }),
  ...requests('/api/v1/query\n/api/v1/labels', { method: 'DELETE', ...error }),
  ...requests('/api/v1/query\n/api/v1/labels', { method: 'OPTIONS', expect: 'nothing' }),
  ...instant(300, 'sum by (method) (requests_total)\nodd_label{value="ünïcödé 雪 🦀"}', { method: 'POST' }),
  posted('/api/v1/query', 'query=flat&time=T(300)', form, 'result'),
  posted('/api/v1/query', 'query=flat%20%2B%201&time=T(300)', `${form}; charset=utf-8`, 'result'),
  posted('/api/v1/query', 'query=flat+%2b+1;time=T(300)', form, 'error'),
  posted('/api/v1/query', 'query=%zz', form, 'error'),
  posted('/api/v1/series', 'match%5B%5D=flat&match[]=ramp', form, 'result'),
  posted('/api/v1/series', 'match%5B%5D=%zz', form, 'error'),
  {
    ...posted('/api/v1/query', 'query=ramp', form, 'result'),
    parameters: [
      ['query', 'flat'],
      ['time', 'T(300)'],
    ],
    name: 'POST query in body and address',
  },
  ...requests('/api/v1/query?query=flat', { expect: 'nothing' }),
];
