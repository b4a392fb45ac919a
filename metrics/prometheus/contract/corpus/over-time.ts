/** Functions on ranges: rates and their kin, and everything that ends in `_over_time`. */
import { type Case, instant } from '../case.ts';

export const overTime: readonly Case[] = [
  ...instant(
    300,
    `
      rate(requests_total[1m])
      rate(requests_total[59s])
      rate(requests_total[2m] offset 1m)
      rate(requests_total[1m] @ T(30))
      rate(requests_total{method="PUT"}[5m])
      sum by (method) (rate(requests_total[1m]))
      sum by (zone) (rate(shard_events_total[30s]))
      increase(requests_total[1m])
      increase(requests_total[5m])
      increase(requests_total{method="POST"}[95s])
      irate(requests_total[1m])
      irate(requests_total{method="PUT"}[20s])
      delta(temperature_celsius[1m])
      delta(temperature_celsius[5m])
      idelta(temperature_celsius[1m])
      deriv(temperature_celsius[2m])
      deriv(ramp[1m])
      predict_linear(temperature_celsius[2m], 600)
      predict_linear(ramp[1m], -60)
      predict_linear(ramp[1m] offset 1m, 3600)
      resets(requests_total[5m])
      resets(requests_total{method="PUT"}[10m])
      changes(switch_on[5m])
      changes(flat[5m])
      changes(special[2m])
      avg_over_time(temperature_celsius[1m])
      min_over_time(temperature_celsius[5m])
      max_over_time(temperature_celsius[5m])
      sum_over_time(temperature_celsius[5m])
      count_over_time(patchy[10m])
      last_over_time(patchy[10m])
      present_over_time(patchy[5m])
      stddev_over_time(temperature_celsius[5m])
      stdvar_over_time(temperature_celsius[5m])
      quantile_over_time(0.5, temperature_celsius[5m])
      quantile_over_time(0.95, ramp[1m])
      quantile_over_time(scalar(share), temperature_celsius[5m])
      sum_over_time(special[1m])
      avg_over_time(special[1m])
      min_over_time(special[1m])
      max_over_time(special[1m])
      stddev_over_time(special[1m])
      quantile_over_time(0.5, special[1m])
      last_over_time(special[1m])
      count_over_time(special{kind="nan"}[1m])
      delta(special[1m])
      deriv(special[1m])
      idelta(special{kind=~"zero|precise|sometimes.*"}[1m])
      rate(latency_seconds_bucket[1m])
      increase(latency_seconds_count[1m])
      sum(increase(requests_total{code="500"}[5m])) / sum(increase(requests_total[5m]))
      last_over_time(requests_total{method="GET"}[10m]) - on (method, code) last_over_time(requests_total[1m] offset 4m)
      sum(last_over_time(requests_total{code="200"}[10m])) / sum(last_over_time(requests_total[10m]))
      avg_over_time(rate(requests_total[30s])[2m:30s])
      max_over_time((ramp > 20)[5m:10s])
      sum_over_time(vector(1)[1m:10s])
      count_over_time(vector(time())[1m:7s])
      deriv(rate(requests_total{method="GET"}[1m])[2m:10s])
      min_over_time(absent(patchy{seen="late"})[5m:10s])
      sum_over_time(count(patchy)[10m:1m])
      quantile_over_time(0.5, max_over_time(ramp[30s])[2m:15s])
    `,
  ),
  ...instant(
    300,
    `
      rate(requests_total[10s])
      irate(requests_total[10s])
      delta(patchy{seen="once"}[5m])
      deriv(flat[5s])
      rate(no_such_metric_total[5m])
    `,
    { expect: 'nothing' },
  ),
  ...instant(
    300,
    `
      rate(temperature_celsius[1m])
      increase(ramp[1m])
      sum(rate(shard_events_total[1m])) + sum(rate(ramp[1m]))
      quantile_over_time(1.5, temperature_celsius[5m])
      quantile_over_time(-1, temperature_celsius[5m])
    `,
    { expect: 'annotation' },
  ),
];
