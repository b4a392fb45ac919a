/** What is refused: queries that don't parse, don't type or fail while they run, with the words of the refusal. */
import { type Case, instant, range } from '../case.ts';

const error = { expect: 'error' } as const;

export const malformed: readonly Case[] = [
  ...instant(
    300,
    String.raw`
      1 +
      (1
      1)
      {}
      {__name__=~".*"}
      {a!="b"}
      flat{
      flat{a}
      flat{a=}
      flat{a=b}
      flat{a="b}
      flat{"a"="b" c="d"}
      flat{a=~"("}
      flat{a=~"*"}
      flat{__name__="other"}
      flat[]
      flat[5m
      flat[-5m]
      flat[0s]
      flat[5x]
      flat[5m][5m]
      flat[5m:]:
      flat offset
      flat offset 5x
      flat offset 1m offset 2m
      flat @
      flat @ NaN
      flat @ "now"
      flat @ 1 @ 2
      1 offset 1m
      sum(flat) offset 1m
      sum(flat)[5m]
      flat[5m] + 1
      flat + "text"
      "a" + "b"
      1 == 1
      1 and 1
      flat and 1
      !flat
      flat ! flat
      flat = 1
      flat & flat
      flat == == 1
      flat bool 1
      flat + bool 1
      flat on (a) flat
      flat + on (a) group_left (a) flat
      flat and on (a) group_left flat
      flat + group_left flat
      1 + on (a) 2
      rate(flat)
      rate(flat[5m], 1)
      rate()
      sum()
      sum(1)
      sum(flat, flat)
      sum by (flat)
      sum by method (flat)
      sum by ("") (flat)
      topk(flat)
      topk("a", flat)
      quantile("x", flat)
      count_values(1, flat)
      count_values("", flat)
      no_such_function(flat)
      Rate(flat[5m])
      abs("text")
      abs(1)
      abs(flat[5m])
      vector(flat)
      scalar(1)
      histogram_quantile(flat, flat)
      label_replace(flat, "x", "y", "z", "(")
      label_replace(flat, "", "y", "z", ".*")
      label_join(flat, "", "-", "a")
      label_replace(flat, 1, "y", "z", ".*")
      time(1)
      holt_winters(flat[5m], 0.5, 0.5)
      double_exponential_smoothing(flat[5m], 0.5, 0.5)
      mad_over_time(flat[5m])
      first_over_time(flat[5m])
      sort_by_label(requests_total, "method")
      ts_of_max_over_time(flat[5m])
      limitk(2, requests_total)
      limit_ratio(0.5, requests_total)
      info(flat)
      histogram_quantiles(flat, "q", 0.5)
      max_of(1, 2)
      step()
      flat[5m] smoothed
      flat anchored
      rate(flat[5m + 5m])
      1 + # a comment
      'unterminated
      "\xZZ"
      1e
      0x
      1__0
      99999999999999999999999999999999999999y
      flat[99999999999y]
      .
      ..
      flat..x
      1.2.3
      ü
      flat ; flat
      flat $ flat
      {"flat" "other"}
      {"flat"}{a="b"}
      by(flat)
      on
      bool
      start()
      flat @ start
      # Types are right, the data is not.
      requests_total * on (method) requests_total
      requests_total * ignoring (code) requests_limit
      requests_total * on (method) group_left requests_total
      requests_total * on (method) group_right requests_total
      label_replace(requests_total, "method", "same", "", "")
      label_join(requests_total, "method", "-", "job")
      label_replace(flat, "__name__", "", "", "") + on () group_left requests_total
      sum_over_time(flat[10m:1ms])
      topk(1e30, flat)
      topk(NaN, flat)
      topk(Inf, flat)
      {__name__=~"requests_total|requests_limit",method="GET"} > bool ignoring (code, __name__) requests_limit
      rate({__name__=~"requests_total|shard_events_total"}[1m]) + on (job) flat
      abs({__name__=~"flat|ramp"})
    `,
    error,
  ),
  ...range(
    { from: 0, to: 600, step: 60 },
    `
      flat[5m]
      "text"
      1 +
      requests_total * on (method) requests_total
      abs({__name__=~"flat|ramp"})
      {}
    `,
    error,
  ),
  // More than the 20000 samples that --query.max-samples allows.
  ...range({ from: 0, to: 600, step: 0.1 }, 'requests_total\n{job="history"}', error),
];
