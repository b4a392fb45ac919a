/** Makes prom-client instruments from the catalogue: the one way to make one. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { catalog, type LabelOf, type MetricName, type MetricSpec } from './catalog.ts';

type Instrument<N extends MetricName> = (typeof catalog)[N]['type'] extends 'counter'
  ? Counter<LabelOf<N>>
  : (typeof catalog)[N]['type'] extends 'gauge'
    ? Gauge<LabelOf<N>>
    : Histogram<LabelOf<N>>;

/** The instrument of that name in the registry; made at the first call, the same one afterwards. */
export function instrument<N extends MetricName>(registry: Registry, name: N): Instrument<N> {
  const existing = registry.getSingleMetric(name);
  if (existing !== undefined) return existing as unknown as Instrument<N>;
  const spec: MetricSpec = catalog[name];
  const common = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
  const made =
    spec.type === 'counter'
      ? new Counter(common)
      : spec.type === 'gauge'
        ? new Gauge(common)
        : new Histogram({ ...common, ...(spec.buckets && { buckets: [...spec.buckets] }) });
  return made as unknown as Instrument<N>;
}
