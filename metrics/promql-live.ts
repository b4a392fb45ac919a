/**
 * Writes the PromQL that a running system is watched by: dashboards, rules, the demo. Unlike what gates ask, it looks at a window,
 * and may extrapolate, as `rate` does.
 */
import { catalog, type LabelOf, type MetricName, type MetricOfType } from './catalog.ts';
import { grouping, jobOf, type Matcher, selector } from './selector.ts';

export interface ServiceContext {
  /** How far back: `5m`, or Grafana's `$__rate_interval`. */
  readonly window: string;
  /** Labels to keep; default: none, or what the SLI cannot do without. */
  readonly by?: readonly string[];
  /**
   * Label → regular expression, such as Grafana's `$instance`. Labels that a metric does not have are left out for it, so that one set
   * of variables fits everything.
   */
  readonly where?: Readonly<Record<string, string>>;
}

/** Further matchers of a metric's own labels. */
export type Own<N extends MetricName> = Partial<Record<LabelOf<N>, Matcher>>;

/** What a target says of itself over and above a metric's own labels; the recorder's instance is not one of the system's. */
const targetLabels = { openclaw: ['instance', 'layer'], chaos: [] } as const;

/** `sum by (…) (rate(…))`: events a second. */
export function ratePerSecond<N extends MetricOfType<'counter'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `sum${grouping(context.by ?? [])} (rate(${selected(metric, context, own)}[${context.window}]))`;
}

/** `sum by (…) (increase(…))`: events in the window; not a whole number, for it is extrapolated. */
export function increaseOver<N extends MetricOfType<'counter'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `sum${grouping(context.by ?? [])} (increase(${selected(metric, context, own)}[${context.window}]))`;
}

/** `max by (…) (…)`: what a gauge or a total says now; `sum` for amounts that add up, `min` for what must be so everywhere. */
export function current<N extends MetricOfType<'counter' | 'gauge'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
  how: 'max' | 'min' | 'sum' = 'max',
): string {
  return `${how}${grouping(context.by ?? [])} (${selected(metric, context, own)})`;
}

/** `avg by (…) (avg_over_time(…))`: of a gauge that is 0 or 1, the share of the window in which it was 1. */
export function shareOfTime<N extends MetricOfType<'gauge'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `avg${grouping(context.by ?? [])} (avg_over_time(${selected(metric, context, own)}[${context.window}]))`;
}

/** `max by (…) (changes(…))`: how often the value changed, from scrape to scrape. */
export function changesOver<N extends MetricOfType<'gauge'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `max${grouping(context.by ?? [])} (changes(${selected(metric, context, own)}[${context.window}]))`;
}

/** `max by (…) (delta(…))`: what a gauge gained in the window; below zero if it lost. */
export function growthOver<N extends MetricOfType<'gauge'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `max${grouping(context.by ?? [])} (delta(${selected(metric, context, own)}[${context.window}]))`;
}

/** `max by (…) (last_over_time(…))`: the last word in the window, even if its target is gone since. */
export function lastOver<N extends MetricOfType<'counter' | 'gauge'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `max${grouping(context.by ?? [])} (last_over_time(${selected(metric, context, own)}[${context.window}]))`;
}

/** `sum by (…) (last_over_time(…))`: what was counted up to the last word in the window, over all runs in it. */
export function totalOver<N extends MetricOfType<'counter'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `sum${grouping(context.by ?? [])} (last_over_time(${selected(metric, context, own)}[${context.window}]))`;
}

/** Prometheus's own word on its targets: 1 if a layer answered the latest scrape, else 0. */
export function up({ where = {} }: Pick<ServiceContext, 'where'>): string {
  return selector('up', like(where, targetLabels.openclaw));
}

/** `histogram_quantile(q, …)`: interpolated within a bucket; at most the largest bound. `q` from 0 to 1. */
export function quantileOver<N extends MetricOfType<'histogram'>>(
  metric: N,
  q: number,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  const buckets = `sum${grouping(['le', ...(context.by ?? [])])} (rate(${selected(metric, context, own, '_bucket')}[${context.window}]))`;
  return `histogram_quantile(${q}, ${buckets})`;
}

/** Observations a second of a histogram. */
export function observationsPerSecond<N extends MetricOfType<'histogram'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  return `sum${grouping(context.by ?? [])} (rate(${selected(metric, context, own, '_count')}[${context.window}]))`;
}

/** Mean of what a histogram observed in the window. */
export function meanOver<N extends MetricOfType<'histogram'>>(
  metric: N,
  context: ServiceContext,
  own: Own<N> = {},
): string {
  const sum = `sum${grouping(context.by ?? [])} (rate(${selected(metric, context, own, '_sum')}[${context.window}]))`;
  return `${sum} / (${observationsPerSecond(metric, context, own)} > 0)`;
}

/** The selector of a metric in a context. `suffix`: of a histogram's series. */
export function selected<N extends MetricName>(
  metric: N,
  { where = {} }: Pick<ServiceContext, 'where'>,
  own: Own<N> = {},
  suffix: '' | '_bucket' | '_count' | '_sum' = '',
): string {
  return selector(`${metric}${suffix}`, like(where, labelsOf(metric)), own);
}

/** Those of the labels that are known there. */
function like(where: Readonly<Record<string, string>>, known: readonly string[]): Record<string, { like: string }> {
  const fitting = Object.entries(where).filter(([label]) => known.includes(label));
  return Object.fromEntries(fitting.map(([label, regex]) => [label, { like: regex }]));
}

/** The labels that a series of this metric has once it is scraped, but for `job`. */
function labelsOf(metric: MetricName): readonly string[] {
  return [...targetLabels[jobOf(metric)], ...Object.keys(catalog[metric].labels)];
}
