/** Lays what `/metrics` says beside the catalogue, both ways. */
import { catalog, type MetricName, type MetricSpec } from '../../metrics/catalog.ts';
import { isClosed } from '../../metrics/label-values.ts';
import { type Exposer, other } from '../../metrics/metric-spec.ts';

interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const specs: Readonly<Record<string, MetricSpec>> = catalog;

/** What a scrape shows and the catalogue does not say: one sentence each. */
export function undocumented(scrape: string, exposer: Exposer): string[] {
  const types = [...scrape.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) => {
    const spec = specs[name];
    if (spec === undefined) return [`${name} is not in the catalogue`];
    if (!spec.layers.includes(exposer)) return [`${name} is shown by ${exposer}`];
    return spec.type === type ? [] : [`${name} is a ${type}`];
  });
  return [...types, ...seriesOf(scrape).flatMap(undocumentedLabels)];
}

function undocumentedLabels({ name, labels }: Series): string[] {
  const spec = specs[name];
  if (spec === undefined) return [`${name} has no type`];
  const missing = Object.keys(spec.labels).filter((label) => labels[label] === undefined);
  const wrong = Object.entries(labels).filter(([label, value]) => {
    const allowed = spec.labels[label];
    if (allowed === undefined) return true;
    const values = isClosed(allowed) ? allowed : allowed.values;
    return values === undefined ? value === other : !values.includes(value);
  });
  return [
    ...missing.map((label) => `${name} lacks the label ${label}`),
    ...wrong.map(([label, value]) => `${name}{${label}="${value}"} is not in the catalogue`),
  ];
}

/** Metrics of the catalogue that no scrape shows, and counters and histograms that never counted anything. */
export function unwritten(scrapes: readonly string[]): MetricName[] {
  const written = scrapes.flatMap(seriesOf);
  return (Object.keys(catalog) as MetricName[]).filter((name) => {
    const counts = catalog[name].type !== 'gauge';
    return !written.some((series) => series.name === name && (!counts || series.value > 0));
  });
}

/** All series, a histogram's by its own name. */
function seriesOf(scrape: string): Series[] {
  return [...scrape.matchAll(/^([a-z_]+)(?:\{(.*)\})? (\S+)$/gm)].map(([, full = '', list = '', value]) => {
    const labels = Object.fromEntries(
      [...list.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [label, text]),
    );
    const { le: _, ...own } = labels;
    const name = full.replace(/_(bucket|count|sum)$/, '');
    return specs[name]?.type === 'histogram'
      ? { name, labels: own, value: Number(value) }
      : { name: full, labels, value: Number(value) };
  });
}
