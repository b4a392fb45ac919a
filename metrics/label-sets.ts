/** All label sets that a metric can have, as far as the catalogue lists them. */
import { isClosed, type LabelSet } from './label-values.ts';
import type { MetricSpec } from './metric-spec.ts';

/** The product of all labels, with those given fixed, and of others only `some` values; none if an open label is not given. */
export function seriesOf(
  { labels }: MetricSpec,
  given: LabelSet = {},
  some: Readonly<Record<string, readonly string[]>> = {},
): LabelSet[] {
  let series: LabelSet[] = [{}];
  for (const [label, allowed] of Object.entries(labels)) {
    const own = given[label];
    const values = own === undefined ? (some[label] ?? allowed) : [own];
    if (!isClosed(values)) return [];
    series = series.flatMap((rest) => values.map((value) => ({ ...rest, [label]: value })));
  }
  return series;
}
