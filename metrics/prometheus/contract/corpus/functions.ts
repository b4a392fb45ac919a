/** Functions on instant vectors and scalars, of time and of labels. */
import { type Case, instant } from '../case.ts';

/** Go computes `exp` in assembly on amd64, and in Go elsewhere. */
const leeway = { ulps: 2, because: "Go's exp is assembly on amd64" };

export const functions: readonly Case[] = [
  ...instant(300, 'exp(special)', { leeway }),
  ...instant(
    300,
    String.raw`
      abs(temperature_celsius)
      abs(special)
      ceil(temperature_celsius)
      ceil(special)
      floor(temperature_celsius)
      floor(special)
      round(temperature_celsius)
      round(temperature_celsius, 5)
      round(temperature_celsius, 0.25)
      round(special)
      round(-ramp / 4)
      sgn(temperature_celsius)
      sgn(special)
      sqrt(requests_total)
      sqrt(special)
      exp(temperature_celsius / 10)
      ln(requests_total)
      # Go's assembly for amd64 takes ln of a denormal for -709 (it is -744).
      ln(special{kind!="denormal"})
      log2(requests_total)
      log2(special)
      log10(requests_total)
      log10(special{kind!="denormal"})
      clamp(temperature_celsius, 0, 20)
      clamp(temperature_celsius, -1, scalar(flat))
      clamp(special, -1, 1)
      clamp_min(temperature_celsius, 10)
      clamp_max(temperature_celsius, 10)
      clamp_max(special, 0)
      sin(angle_radians)
      cos(angle_radians)
      tan(angle_radians)
      asin(share)
      acos(share)
      atan(angle_radians)
      sinh(angle_radians)
      cosh(angle_radians)
      tanh(angle_radians)
      asinh(angle_radians)
      acosh(angle_radians + 1)
      atanh(share)
      sin(special)
      asin(special)
      deg(angle_radians)
      rad(temperature_celsius)
      pi()
      2 * pi()
      vector(1)
      vector(NaN)
      vector(time() - T(0))
      scalar(flat)
      scalar(requests_total)
      scalar(no_such_metric)
      time()
      time() - T(0)
      timestamp(flat)
      timestamp(flat offset 1m)
      timestamp(patchy)
      timestamp(flat + 1)
      timestamp(patchy{seen="twice"})
      absent(no_such_metric)
      absent(no_such_metric{a="b",c=~"d",e!="f"})
      absent(no_such_metric{a="b",a="c",d="e"})
      absent(sum(no_such_metric))
      absent_over_time(no_such_metric{a="b"}[5m])
      absent_over_time(patchy{seen="early"}[1m])
      minute()
      hour() * 60 + minute()
      hour(event_timestamp_seconds)
      minute(event_timestamp_seconds)
      year(event_timestamp_seconds)
      month(event_timestamp_seconds)
      day_of_month(event_timestamp_seconds)
      day_of_week(event_timestamp_seconds)
      day_of_year(event_timestamp_seconds)
      days_in_month(event_timestamp_seconds)
      year()
      month()
      day_of_year()
      days_in_month()
      day_of_week(vector(0))
      # What an infinite or huge float is as an integer, Go leaves to the machine.
      hour(special{kind=~"zero|negzero|precise|sometimes.*"})
      label_replace(requests_total, "verb", "$1", "method", "(.).*")
      label_replace(requests_total, "verb", "${'$'}{first}-x", "method", "(?P<first>.).*")
      label_replace(requests_total, "method", "", "method", "GET")
      label_replace(requests_total, "verb", "same", "no_such_label", "")
      label_replace(requests_total, "verb", "$1", "method", "no(match)")
      label_replace(odd_label{value=~".*quoted.*"}, "value", "ü$1", "value", ".*\"(.*)\".*")
      label_replace(flat, "__name__", "renamed", "__name__", ".*")
      label_replace(flat, "with.dots", "x", "job", ".*")
      label_join(requests_total, "both", "/", "method", "code")
      label_join(requests_total, "both", "", "method", "no_such_label", "code")
      label_join(flat, "instance", "-")
      sum by (class) (label_replace(requests_total, "class", "$1xx", "code", "(.)..")) 
      histogram_quantile(0.5, latency_seconds_bucket)
      histogram_quantile(0.9, sum by (le) (rate(latency_seconds_bucket[1m])))
      histogram_quantile(0.99, rate(latency_seconds_bucket[2m]))
      histogram_quantile(0, latency_seconds_bucket)
      histogram_quantile(1, latency_seconds_bucket)
      histogram_quantile(scalar(share), latency_seconds_bucket)
      histogram_quantile(0.5, endless_seconds_bucket)
      histogram_quantile(0.5, empty_seconds_bucket)
      histogram_quantile(0.5, size_bytes_bucket)
      histogram_quantile(0.9, sum by (le, handler) (increase(latency_seconds_bucket[5m])))
      histogram_fraction(0, 0.5, latency_seconds_bucket)
      histogram_fraction(0.3, 2, latency_seconds_bucket)
      histogram_fraction(-Inf, +Inf, latency_seconds_bucket)
      rate(latency_seconds_sum[1m]) / rate(latency_seconds_count[1m])
    `,
  ),
  // The order of these is part of the answer; special holds two zeros and a NaN.
  ...instant(
    300,
    `
      sort(requests_total)
      sort_desc(requests_total)
      sort(temperature_celsius)
      sort_desc(shard_events_total)
      sort(special{kind!="negzero"})
      sort_desc(special{kind!="negzero"})
    `,
    { jitter: [] },
  ),
  ...instant(
    300,
    `
      absent(flat)
      absent_over_time(flat[1m])
      histogram_avg(latency_seconds_bucket)
      histogram_count(flat)
      histogram_sum(flat)
      histogram_stddev(flat)
      histogram_stdvar(flat)
      clamp(flat, 2, 1)
      sort(no_such_metric)
    `,
    { expect: 'nothing' },
  ),
  ...instant(
    300,
    `
      histogram_quantile(1.5, latency_seconds_bucket)
      histogram_quantile(-0.1, latency_seconds_bucket)
      histogram_quantile(NaN, latency_seconds_bucket)
      histogram_quantile(0.5, shrinking_seconds_bucket)
      histogram_quantile(0.5, mislabelled_seconds_bucket)
      histogram_quantile(0.5, flat)
      histogram_fraction(0, 1, mislabelled_seconds_bucket)
    `,
    { expect: 'annotation' },
  ),
];
