/** Over what this dashboard asks, and what is much or little. */
import type { ServiceContext } from '../../../metrics/promql-live.ts';
import type { Steps } from '../../appearance/colours.ts';

const where = { instance: '$instance', layer: '$layer', http_route: '$http_route' };

export const live: ServiceContext = { window: '$__rate_interval', where };

export const shown: ServiceContext = { window: '$__range', where };

export const byLayer: ServiceContext = { ...live, by: ['layer'] };

export const byResult: ServiceContext = { ...live, by: ['result'] };

/** Four scrapes at 5 s: enough to see single events. */
export const minStep = '5s';

export const pendingSteps: Steps = [
  ['good', 0],
  ['warning', 100],
  ['bad', 1_000],
];

export const durationSteps: Steps = [
  ['good', 0],
  ['warning', 0.25],
  ['bad', 1],
];
