/** Which metrics and labels a query uses, and which it may. It reads the PromQL that `metrics/` writes: each selector with its braces. */
import { catalog, type MetricName } from '../../metrics/catalog.ts';

export interface Selector {
  readonly metric: string;
  readonly labels: readonly string[];
}

export interface Vocabulary {
  readonly selectors: readonly Selector[];
  /** In `by`, `on`, `group_left` and so on. */
  readonly groupings: readonly string[];
  /** Names that are neither: functions aside, there should be none. */
  readonly strays: readonly string[];
}

const keywords = /^(?:by|without|on|ignoring|group_left|group_right|and|or|unless|bool|offset)$/;

export function vocabularyOf(expr: string): Vocabulary {
  const text = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  const selectors: Selector[] = [];
  const groupings: string[] = [];
  const rest = text
    .replace(/([a-zA-Z_:][\w:]*)\{([^}]*)\}/g, (_, metric: string, matchers: string) => {
      selectors.push({
        metric,
        labels: [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label),
      });
      return ' ';
    })
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g, (_, list: string) => {
      groupings.push(...list.split(',').flatMap((label) => label.trim() || []));
      return ' ';
    })
    .replace(/\[[^\]]*\]/g, ' ');
  const names = [...rest.matchAll(/[a-zA-Z_:][\w:]*(?!\w)(?!\s*\()/g)].map(([name]) => name);
  return { selectors, groupings, strays: names.filter((name) => !keywords.test(name)) };
}

/** Prometheus's own, with the labels that matter here. */
const ownOfPrometheus: Readonly<Record<string, readonly string[]>> = {
  up: ['job', 'instance', 'layer'],
  ALERTS: ['alertname', 'alertstate', 'severity', 'layer', 'skill'],
};

/** Labels that series of this name have in Prometheus; undefined: there is no such metric. */
export function labelsOf(series: string): readonly string[] | undefined {
  const own = ownOfPrometheus[series];
  if (own !== undefined) return own;
  const name = metricOf(series);
  if (name === undefined) return undefined;
  const target = name.startsWith('chaos_') ? ['job'] : ['job', 'instance', 'layer'];
  return [...target, ...Object.keys(catalog[name].labels), ...(series.endsWith('_bucket') ? ['le'] : [])];
}

/** The metric of the catalogue that a series belongs to: histograms have three. */
export function metricOf(series: string): MetricName | undefined {
  if (isMetric(series)) return catalog[series].type === 'histogram' ? undefined : series;
  const base = series.replace(/_(?:bucket|count|sum)$/, '');
  return isMetric(base) && catalog[base].type === 'histogram' ? base : undefined;
}

function isMetric(name: string): name is MetricName {
  return Object.hasOwn(catalog, name);
}
