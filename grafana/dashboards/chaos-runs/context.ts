/** Over what this dashboard asks, and what is much or little. */
import type { ServiceContext } from '../../../metrics/promql-live.ts';
import type { Steps } from '../../appearance/colours.ts';

const where = { instance: '$instance', fault: '$fault' };

export const live: ServiceContext = { window: '$__rate_interval', where };

export const shown: ServiceContext = { window: '$__range', where };

export const recoverySteps: Steps = [
  ['good', 0],
  ['warning', 10],
  ['bad', 30],
];

export const doubtful: Steps = [
  ['bad', 0],
  ['good', 1],
];
