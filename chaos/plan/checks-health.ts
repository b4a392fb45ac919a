/** Asks whether the measurement can be trusted at all: recorder and layers scraped throughout, everything observed, two witnesses of each moment. */
import { layersUp as layersUpQuery, recorders, recorderUp as recorderUpQuery } from '../../metrics/promql-harness.ts';
import { phases } from '../../metrics/vocabulary.ts';
import { type Check, labelKey } from './check.ts';
import { agreeCheck, compareCheck } from './check-maker.ts';
import type { Outline } from './plan-shape.ts';

/** DESIGN: what was observed for less than this share of a window was not observed. */
const minShare = 0.95;

/** A layer's target may be missing until its recovery plus 2 scrapes, which are 1 s apart. */
const graceSeconds = 2;

export function healthChecks(outline: Outline): readonly Check[] {
  return [
    recorderUp,
    oneRecorder(outline),
    agreeCheck(outline, 'recorderSequence', { how: 'agree', about: 'sequence', tolerance: 0 }),
    agreeCheck(outline, 'faultInjectionTimes', { how: 'agree', about: 'injectedAt', tolerance: 1 }),
    ...(outline.topology.healedFaults.length === 0
      ? []
      : [agreeCheck(outline, 'faultHealTimes', { how: 'agree', about: 'healedAt', tolerance: 1 })]),
    layersUp(outline),
    ...phases.map((phase) =>
      compareCheck(outline, {
        kind: 'health',
        sli: 'layerObservedRatio',
        params: { phase },
        is: '>=',
        threshold: minShare,
      }),
    ),
  ];
}

const recorderUp: Check = {
  id: 'health/recorder-up',
  kind: 'health',
  category: 'recorder',
  title: 'recorder scraped throughout',
  // No sample within 2 s leaves a gap, and one that failed shows as 0.
  query: recorderUpQuery,
  series: [{ job: 'chaos' }],
  unit: 'count',
  sane: { min: 0, max: 1 },
  demand: { how: 'throughout', share: minShare, graceSeconds, mayMiss: {} },
};

/** Totals are summed over all recorders that Prometheus knows: a second one would count everything twice. */
function oneRecorder({ rangeSeconds }: Outline): Check {
  return {
    id: 'health/one-recorder',
    kind: 'health',
    category: 'recorder',
    title: 'recorders = 1',
    query: recorders(rangeSeconds),
    series: [{ job: 'chaos' }],
    unit: 'count',
    sane: { min: 0, max: 1_000_000 },
    demand: { how: 'compare', is: '==', threshold: 1 },
  };
}

/** One scrape that a busy machine lets time out is no gap: a layer is missing when it has not answered for 3 s. */
function layersUp({ topology, entries }: Outline): Check {
  const layers = Object.keys(topology.layers);
  return {
    id: 'health/layers-up',
    kind: 'health',
    category: 'observation',
    title: 'layers scraped, but while a fault names them',
    query: layersUpQuery(),
    series: layers.map((layer) => ({ layer })),
    unit: 'count',
    sane: { min: 0, max: 1 },
    demand: {
      how: 'throughout',
      share: minShare,
      graceSeconds,
      mayMiss: Object.fromEntries(
        layers.map((layer) => [
          labelKey({ layer }),
          entries.filter(({ targets }) => targets.nodes.includes(layer)).map(({ name }) => name),
        ]),
      ),
    },
  };
}
