/** Writes the PromQL that gates are made of: raw totals, looked for over the whole run, without anything that could invent a value. */
import type { LabelOf, MetricName } from './catalog.ts';
import type { SliContext } from './sli.ts';

/** Where a metric comes from: the harness's recorder, or a layer of the system (its `layer` label is then the scrape target's). */
type Job = 'chaos' | 'openclaw';

/** Equality, or `{ not }` for inequality; undefined: any value. */
type Matcher = string | { readonly not: string } | undefined;

/**
 * `sum by (…) (last_over_time(metric{job="…",…}[R]))`: what the series last said, even if its target is gone since. Summing is only
 * done over series of one exposition; that there is just one recorder is a health check of its own.
 */
export function total<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: Partial<Record<LabelOf<N>, Matcher>>,
  { rangeSeconds }: SliContext,
): string {
  return `sum${grouping(by)} (last_over_time(${metric}${selector(jobOf(metric), matchers)}[${rangeSeconds}s]))`;
}

/** The same for gauges that are points in time or maxima: `max by (…)`. */
export function latest<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: Partial<Record<LabelOf<N>, Matcher>>,
  { rangeSeconds }: SliContext,
): string {
  return `max${grouping(by)} (last_over_time(${metric}${selector(jobOf(metric), matchers)}[${rangeSeconds}s]))`;
}

/** The largest value that the series ever had: `max by (…) (max_over_time(…))`. */
export function highest<N extends MetricName>(
  metric: N,
  by: readonly LabelOf<N>[],
  matchers: Partial<Record<LabelOf<N>, Matcher>>,
  { rangeSeconds }: SliContext,
): string {
  return `max${grouping(by)} (max_over_time(${metric}${selector(jobOf(metric), matchers)}[${rangeSeconds}s]))`;
}

function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}

function jobOf(metric: string): Job {
  return metric.startsWith('chaos_') ? 'chaos' : 'openclaw';
}

function selector(job: Job, matchers: Readonly<Record<string, Matcher>>): string {
  const all: Readonly<Record<string, Matcher>> = { job, ...matchers };
  const written = Object.entries(all).flatMap(([label, matcher]) => {
    if (matcher === undefined) return [];
    return typeof matcher === 'string' ? `${label}=${quoted(matcher)}` : `${label}!=${quoted(matcher.not)}`;
  });
  return `{${written.join(',')}}`;
}

/** PromQL's double-quoted strings escape as Go's do; JSON's are a subset of those. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
