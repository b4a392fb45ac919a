/**
 * Makes counters exist at 0 for a layer or a skill, before they first count: a counter that appears at 1 is an increase that `rate()`
 * never sees. Those whose labels are all closed exist at 0 as soon as they are made. Gauges are left alone: there, a 0 would pass for a
 * measurement.
 */
import type { Registry } from 'prom-client';
import { catalog, type MetricName, type MetricSpec } from './catalog.ts';
import { instrument } from './instrument.ts';
import { seriesOf } from './label-sets.ts';
import { freePlace, type LabelSet, placesOf } from './label-values.ts';

const all = Object.entries(catalog) as [MetricName, MetricSpec][];
const skillMetrics = metricsOf('runtime').filter(([, { labels }]) => 'skill' in labels);

/** All metrics of a layer, with those series at 0 that follow from the layer's name alone. */
export function introduceLayer(registry: Registry, layer: string): void {
  for (const [name, spec] of metricsOf(layer)) {
    instrument(registry, name);
    if (spec.type === 'counter') addZero(registry, name, seriesOf(spec, { layer }));
  }
}

/** The counters of a skill of the runtime. */
export function introduceSkill(registry: Registry, skill: string): void {
  for (const [name, spec] of skillMetrics) {
    if (spec.type !== 'counter' || spec.introduced === false) continue;
    addZero(registry, name, seriesOf(spec, { skill }, spec.introduced));
  }
}

/** Ends all series of a skill that is gone, and frees its place: nothing is stale, and nothing is late, that is not there. */
export function retireSkill(registry: Registry, skill: string): void {
  for (const [name, spec] of skillMetrics) {
    const metric = registry.getSingleMetric(name);
    for (const labels of seriesOf(spec, { skill })) metric?.remove({ ...labels });
  }
  freePlace(registry, 'skill', skill);
}

/** Skills that have any series, whoever made it. */
export function skillsShown(registry: Registry): string[] {
  return placesOf(registry, 'skill');
}

function addZero(registry: Registry, name: MetricName, series: readonly LabelSet[]): void {
  const counter = instrument(registry, name) as unknown as { inc(labels: LabelSet, by: number): void };
  for (const labels of series) counter.inc(labels, 0);
}

function metricsOf(layer: string): [MetricName, MetricSpec][] {
  return all.filter(([, { layers }]) => layers.some((one) => one === layer));
}
