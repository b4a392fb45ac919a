/** Aggregations, with their groupings. */
import { type Case, instant } from '../case.ts';

export const aggregations: readonly Case[] = [
  ...instant(
    300,
    `
      sum(requests_total)
      sum by (method) (requests_total)
      sum(requests_total) by (method)
      sum without (code) (requests_total)
      sum without (method, code, instance, job) (requests_total)
      sum by () (requests_total)
      sum by (no_such_label) (requests_total)
      sum by (method, code) (requests_total)
      sum by (method,) (requests_total)
      avg(requests_total)
      avg by (code) (requests_total)
      avg without (method) (requests_total)
      min by (method) (requests_total)
      max by (method) (requests_total)
      count(requests_total)
      count by (method) (requests_total)
      count without (code) (requests_total)
      group(requests_total)
      group by (code) (requests_total)
      stddev(requests_total)
      stddev by (method) (requests_total)
      stdvar without (code) (requests_total)
      stdvar(temperature_celsius)
      stddev(flat)
      quantile(0.5, requests_total)
      quantile by (zone) (0.9, shard_events_total)
      quantile(0, shard_events_total)
      quantile(1, shard_events_total)
      quantile(0.37, temperature_celsius)
      count_values("value", special)
      count_values("state", switch_on)
      count_values by (method) ("count", requests_total)
      count_values without (shard) ("count", shard_events_total % 3)
      count_values("method", requests_total)
      sum(special)
      avg(special)
      min(special)
      max(special)
      count(special)
      stddev(special)
      sum(special{kind=~"zero|negzero|precise|huge"})
      avg(special{kind=~"huge|precise"})
      avg(special{kind="huge"} or ignoring (kind) special{kind="huge"})
      max(special{kind="nan"})
      min(special{kind=~"nan|zero"})
      sum(sum by (method) (requests_total)) - sum(requests_total)
      max(count by (method) (requests_total))
      sum by (zone) (shard_events_total) / on (zone) count by (zone) (shard_events_total)
      avg by (room) (temperature_celsius) > 20
      sum(-requests_total)
      count(requests_total > 60)
      sum by (__name__) ({job="history",method="GET"})
      count by (__name__) ({job="history",__name__=~".+_total"})
      topk by (zone) (1, shard_events_total)
      bottomk by (zone) (1, shard_events_total)
      sum without (a) ({__name__=~"flat|ramp"}) + on (job, instance) flat
      topk(2.9, requests_total)
      topk(100, requests_limit)
      topk(scalar(count(requests_limit)), shard_events_total)
      topk(1, special{kind!~"nan|inf"})
    `,
  ),
  // The order of these is part of the answer.
  ...instant(
    300,
    `
      topk(3, shard_events_total)
      bottomk(3, shard_events_total)
      topk(1, requests_total)
      bottomk(5, requests_total)
    `,
    { jitter: [] },
  ),
  ...instant(
    300,
    `
      topk(0, requests_total)
      topk(-1, requests_total)
      sum(no_such_metric)
      count(no_such_metric)
      quantile(0.5, no_such_metric)
      bottomk(0, requests_total)
    `,
    { expect: 'nothing' },
  ),
  ...instant(
    300,
    `
      quantile(-1, requests_total)
      quantile(1.5, requests_total)
      quantile(NaN, requests_total)
    `,
    { expect: 'annotation' },
  ),
];
