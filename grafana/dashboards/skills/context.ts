/** Over what this dashboard asks, and what is much or little. */
import type { ServiceContext } from '../../../metrics/promql-live.ts';
import type { Steps } from '../../appearance/colours.ts';

const where = { instance: '$instance', skill: '$skill' };

export const live: ServiceContext = { window: '$__rate_interval', where };

export const bySkill: ServiceContext = { ...live, by: ['skill'] };

export const shown: ServiceContext = { window: '$__range', where };

export const shownBySkill: ServiceContext = { ...shown, by: ['skill'] };

export const minStep = '15s';

export const ageSteps: Steps = [
  ['good', 0],
  ['warning', 0.8],
  ['bad', 1],
];

export const legend = '{{skill}}';
