/** Operators: arithmetic, comparison, sets, matching of vectors, precedence. */
import { type Case, instant } from '../case.ts';

export const operators: readonly Case[] = [
  ...instant(
    300,
    `
      1 + 2 * 3 ^ 2 - 4 / 8 % 3
      2 ^ 3 ^ 2
      -2 ^ 2
      (-2) ^ 2
      -ramp
      +ramp
      - - 1
      1 / 0
      -1 / 0
      0 / 0
      5 % 3
      -5 % 3
      5.5 % -2
      1 % 0
      0x1F + 1e3 + .5
      1_000 + 0x_ff
      Inf - Inf
      NaN
      1m + 500ms
      1 == bool 1
      1 < bool 2
      1 >= bool 2
      NaN == bool NaN
      NaN != bool NaN
      ramp atan2 2
      1 atan2 -1
      ramp + 1
      2 - ramp
      ramp * ramp
      ramp / 7
      ramp % 7
      ramp ^ 0.5
      1 / special
      special * 0
      special == special
      special != special
      special > 0
      special <= 0
      special == bool 0
      special > bool 0
      special * 1e300
      requests_total > 100
      requests_total < bool 100
      100 < requests_total
      requests_total == 225
      requests_total != 60
      requests_total >= bool 60
      requests_total <= 60
      requests_total - requests_total offset 1m
      requests_total / ignoring (code) group_left requests_limit
      requests_total / on (method) group_left requests_limit
      requests_total{code="200"} / ignoring (code) requests_limit
      requests_total{code="200"} / on (method) requests_limit
      requests_total{code="500"} / ignoring (code) requests_total{code="200"}
      requests_limit - on (method) group_right requests_total
      requests_total * on () group_left (version, revision) build_info
      requests_total * on () group_left () build_info
      requests_total * on (instance) group_left (version) build_info
      build_info * ignoring (version, revision, shard, zone) group_right shard_events_total
      requests_total > ignoring (code) group_left requests_limit * 0.1
      requests_total > bool ignoring (code) group_left requests_limit * 0.1
      requests_total{code="200"} == on (method) requests_total{code="200"}
      requests_total and requests_total{method="GET"}
      requests_total and on (method) requests_limit
      requests_total and ignoring (code) requests_limit
      requests_total unless requests_total{method="GET"}
      requests_total unless on (method) requests_limit
      requests_total{method="GET"} or requests_total{method="PUT"}
      requests_total{method="GET"} or on (method) requests_limit
      requests_limit or ignoring (code) requests_total
      ramp or flat and switch_on
      flat > 41 or ramp > 1000
      vector(1) or flat
      flat == 42 and ramp == 30
      requests_limit + on (method) requests_limit * 2
      temperature_celsius > bool 10 == bool 1
      temperature_celsius{room="attic"} < 0 or temperature_celsius > 20
      -requests_total{method="GET"} ^ 2
      2 * -ramp + 1
      sum(requests_total) / count(requests_total) - avg(requests_total)
      (requests_total > 10) * 0 + 1
    `,
  ),
  ...instant(
    300,
    `
      flat == 41
      requests_total and no_such_metric
      requests_total + no_such_metric
      requests_total unless requests_total
      requests_total and on (room) temperature_celsius{room="kitchen"}
      flat + ramp{job="elsewhere"}
      requests_total > NaN
      requests_total{method="PUT"} / ignoring (code) group_left requests_limit
    `,
    { expect: 'nothing' },
  ),
];
