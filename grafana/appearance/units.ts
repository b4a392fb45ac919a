/** The catalogue's units as Grafana calls them. */
import { catalog, type MetricName } from '../../metrics/catalog.ts';
import type { Unit } from '../../metrics/sli.ts';

/** For a gauge or a total as it is. */
export function unitOf(metric: MetricName): string {
  const { unit } = catalog[metric];
  if (unit === 'seconds') return 's';
  return unit === 'boolean' || unit === 'info' ? 'none' : 'short';
}

/** For `rate()` of a counter: `3 runs/s`; seconds a second are a share of time. */
export function perSecond(metric: MetricName): string {
  const { unit } = catalog[metric];
  return unit === 'seconds' ? 'percentunit' : `suffix:${unit}/s`;
}

export const unitOfSli: Readonly<Record<Unit, string>> = {
  ratio: 'percentunit',
  seconds: 's',
  count: 'short',
  timestamp: 'dateTimeAsIso',
};
