/** Writes the PromQL that gates are made of: raw totals, looked for over the whole run, without anything that could invent a value. */
import type { LabelOf, MetricName } from './catalog.ts';
import type { Course, Moment } from './promql-noticed.ts';
import { grouping, type Matcher, selector } from './selector.ts';
import type { SliContext } from './sli.ts';

type MatchersOf<N extends MetricName> = Partial<Record<LabelOf<N>, Matcher>>;

/**
 * `sum by (…) (last_over_time(metric{job="…",…}[R]))`: what the series last said, even if its target is gone since. Summing is only
 * done over series of one exposition; that there is just one recorder is a health check of its own.
 */
export function total<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: MatchersOf<N>,
  context: SliContext,
): string {
  return `sum${grouping(by)} (${last(metric, matchers, context)})`;
}

/** The same for gauges that are points in time or maxima: `max by (…)`. */
export function latest<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: MatchersOf<N>,
  context: SliContext,
): string {
  return `max${grouping(by)} (${last(metric, matchers, context)})`;
}

/** The largest value that the series ever had: `max by (…) (max_over_time(…))`. */
export function highest<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: MatchersOf<N>,
  { rangeSeconds }: SliContext,
): string {
  return `max${grouping(by)} (max_over_time(${selector(metric, matchers)}[${rangeSeconds}s]))`;
}

/** What a layer said of the gateway around a fault; for `promql-noticed.ts`. */
export function courseOf(
  { layer, fault }: { readonly layer: string; readonly fault: string },
  context: SliContext,
): Course {
  const moment = (metric: Moment) => (at: string) => `max by (fault) (${last(metric, { fault }, context, at)})`;
  return {
    lost: latest('openclaw_gateway_lost_timestamp_seconds', ['layer'], { layer }, context),
    regained: latest('openclaw_gateway_regained_timestamp_seconds', ['layer'], { layer }, context),
    injected: moment('chaos_fault_injection_timestamp_seconds'),
    healed: moment('chaos_fault_recovery_start_timestamp_seconds'),
    window: `${context.rangeSeconds}s`,
  };
}

function last(
  metric: MetricName,
  matchers: Readonly<Record<string, Matcher>>,
  { rangeSeconds }: SliContext,
  at = '',
): string {
  return `last_over_time(${selector(metric, matchers)}[${rangeSeconds}s]${at})`;
}
