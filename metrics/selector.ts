/** The smallest pieces of PromQL: `metric{label="value",…}` with the job that the metric belongs to, and `by (…)`. */

/** Where a metric comes from: the harness's recorder, or a layer of the system (its `layer` label is then the scrape target's). */
type Job = 'chaos' | 'openclaw';

/** Equality, inequality, a regular expression or none of it; undefined: any value. */
export type Matcher =
  | string
  | { readonly not: string }
  | { readonly like: string }
  | { readonly unlike: string }
  | undefined;

export type Matchers = Readonly<Record<string, Matcher>>;

/** A selector without a range: all of these must fit. The job is the metric's, unless one of them names another. */
export function selector(metric: string, ...matchers: readonly Matchers[]): string {
  const own = matchers.some(({ job }) => job !== undefined) ? [] : [{ job: jobOf(metric) }];
  const all = [...own, ...matchers].flatMap((some) => Object.entries(some));
  return `${metric}{${all.flatMap(written).join(',')}}`;
}

export function jobOf(metric: string): Job {
  return metric.startsWith('chaos_') ? 'chaos' : 'openclaw';
}

/** ` by (a, b)`; nothing for nothing. */
export function grouping(by: readonly string[]): string {
  return by.length === 0 ? '' : ` by (${by.join(', ')})`;
}

function written([label, matcher]: [string, Matcher]): string[] {
  if (matcher === undefined) return [];
  if (typeof matcher === 'string') return [`${label}=${quoted(matcher)}`];
  if ('not' in matcher) return [`${label}!=${quoted(matcher.not)}`];
  if ('like' in matcher) return [`${label}=~${quoted(matcher.like)}`];
  return [`${label}!~${quoted(matcher.unlike)}`];
}

/** PromQL's double-quoted strings escape as Go's do; JSON's are a subset of those. */
function quoted(value: string): string {
  return JSON.stringify(value);
}
