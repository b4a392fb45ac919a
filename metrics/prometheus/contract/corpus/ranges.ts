/** Range queries: the same engine, stepping; edges, gaps and steps that fall between samples. */
import { type Case, range } from '../case.ts';

const whole = { from: 0, to: 600, step: 60 };

export const ranges: readonly Case[] = [
  ...range(
    whole,
    `
      requests_total
      sum by (method) (rate(requests_total[1m]))
      patchy
      special
      flat
      1
      time()
      vector(1)
      scalar(ramp)
      pi()
      ramp @ T(300)
      rate(requests_total[1m] @ T(300))
      ramp offset 1m
      ramp @ start()
      ramp @ end()
      rate(ramp_total[1m] @ end()) or ramp @ start()
      ramp - ramp @ start()
      timestamp(ramp)
      timestamp(patchy)
      absent(patchy{seen="once"})
      changes(switch_on[2m])
      histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[2m])))
      topk(2, requests_total)
      bottomk(1, temperature_celsius)
      count_values("value", switch_on)
      quantile(0.5, temperature_celsius)
      avg_over_time(temperature_celsius[90s])
      max_over_time(rate(requests_total[30s])[2m:15s])
      label_replace(ramp, "x", "y", "", "")
      requests_total > 100
      requests_total > bool 100
      requests_total and on () (ramp > 30)
      requests_total unless on () (ramp > 30)
      ramp or flat
      requests_total / ignoring (code) group_left requests_limit
      minute()
      day_of_week()
      (ramp > 20) + (ramp < 40)
      clamp(ramp, 10, 50)
      deriv(temperature_celsius[2m])
      predict_linear(ramp[2m], 60)
      sum(requests_total offset -1m)
      count({job="history"})
      topk(1, shard_events_total) by (zone)
      stddev by (zone) (shard_events_total)
      last_over_time(patchy[1m])
      present_over_time(patchy[1m])
      absent_over_time(patchy[1m])
      resets(requests_total[3m])
      -ramp
      ramp % 7 == 0
    `,
  ),
  ...range({ from: -30, to: 45, step: 7 }, 'ramp\nrate(requests_total{method="GET"}[30s])\nflat == 42'),
  ...range({ from: 580, to: 960, step: 19.5 }, 'ramp\nsum(requests_total)\nlast_over_time(ramp[1m])'),
  ...range({ from: 300, to: 300, step: 1 }, 'ramp\nrequests_total{code="500"}\n42'),
  ...range({ from: 100, to: 101, step: 0.25 }, 'ramp\nirate(shard_events_total[20s])\ntime()'),
  ...range({ from: 0, to: 600, step: 0.1 }, 'flat', { limit: 5 }),
  ...range(whole, 'requests_total', { limit: 2, expect: 'annotation' }),
  ...range(whole, 'sort(requests_total)\nsort_desc(ramp)\nrate(ramp[1m])', { expect: 'annotation' }),
  ...range(whole, 'patchy', { lookback: '15s' }),
  ...range(whole, 'requests_total{method="POST"}', { method: 'POST' }),
  ...range(whole, 'no_such_metric\nabsent(patchy)\nramp > 1000\nflat offset 1h', { expect: 'nothing' }),
  ...range({ from: 2_000, to: 2_600, step: 60 }, 'ramp', { expect: 'nothing' }),
];
