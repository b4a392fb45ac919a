/** Makes prom-client instruments from the catalogue: the one way to make one. Labels are typed by it, and kept few (`label-values.ts`). */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { catalog, type LabelOf, type LabelsOf, type MetricName, type MetricSpec } from './catalog.ts';
import { seriesOf } from './label-sets.ts';
import { admitted, type LabelSet } from './label-values.ts';

/** Labels first, unless the metric has none. */
type Arguments<N extends MetricName, Rest extends unknown[]> = [LabelOf<N>] extends [never]
  ? Rest
  : [labels: LabelsOf<N>, ...rest: Rest];

export interface CounterOf<N extends MetricName> {
  /** By 0 it makes the series exist. */
  inc(...args: Arguments<N, [by?: number]>): void;
}

export interface GaugeOf<N extends MetricName> {
  set(...args: Arguments<N, [value: number]>): void;
  /** Ends the series. */
  remove(...args: Arguments<N, []>): void;
}

export interface HistogramOf<N extends MetricName> {
  observe(...args: Arguments<N, [value: number]>): void;
}

export type InstrumentOf<N extends MetricName> = (typeof catalog)[N]['type'] extends 'counter'
  ? CounterOf<N>
  : (typeof catalog)[N]['type'] extends 'gauge'
    ? GaugeOf<N>
    : HistogramOf<N>;

/** What they all come to, whatever their labels. */
interface Instrument {
  readonly inc?: (labels?: LabelSet | number, by?: number) => void;
  readonly set?: (labels: LabelSet | number, value?: number) => void;
  readonly observe?: (labels: LabelSet | number, value?: number) => void;
  readonly remove?: (labels?: LabelSet) => void;
}

const made = new WeakMap<Registry, Map<MetricName, Instrument>>();

/** The instrument of that name in the registry; made at the first call, the same one afterwards. */
export function instrument<N extends MetricName>(registry: Registry, name: N): InstrumentOf<N> {
  const known = made.get(registry) ?? new Map<MetricName, Instrument>();
  made.set(registry, known);
  // A registry can be cleared.
  const isThere = registry.getSingleMetric(name) !== undefined;
  const one = (isThere ? known.get(name) : undefined) ?? make(registry, name);
  known.set(name, one);
  return one as unknown as InstrumentOf<N>;
}

function make(registry: Registry, name: MetricName): Instrument {
  const spec: MetricSpec = catalog[name];
  const labelNames = Object.keys(spec.labels);
  const common = { name, help: spec.help, labelNames, registers: [registry] };
  /** The amount comes alone if the metric has no labels. */
  const read = (given: LabelSet | number | undefined, value: number | undefined) =>
    typeof given === 'number'
      ? { labels: admitted(registry, spec, {}), value: given }
      : { labels: admitted(registry, spec, given ?? {}), value };
  switch (spec.type) {
    case 'counter': {
      const counter = new Counter(common);
      for (const labels of seriesOf(spec)) counter.inc({ ...labels }, 0);
      return {
        inc: (given, by) => {
          const { labels, value = 1 } = read(given, by);
          counter.inc(labels, value);
        },
      };
    }
    case 'gauge': {
      const gauge = new Gauge(common);
      // prom-client's own 0, of what has no labels: nobody has measured it.
      gauge.remove({});
      return {
        set: (given, to) => {
          const { labels, value = 0 } = read(given, to);
          // States of different things cannot be told together, as sums can. (A skill may be called `other`.)
          if (typeof given === 'number' || isShown(labels, given)) gauge.set(labels, value);
        },
        remove: (given = {}) => gauge.remove({ ...given }),
      };
    }
    case 'histogram': {
      const histogram = new Histogram({ ...common, buckets: [...(spec.buckets ?? [])] });
      return {
        observe: (given, size) => {
          const { labels, value = 0 } = read(given, size);
          histogram.observe(labels, value);
        },
      };
    }
  }
}

function isShown(labels: LabelSet, given: LabelSet): boolean {
  return Object.entries(labels).every(([label, value]) => given[label] === value);
}
