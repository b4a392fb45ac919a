/** Over what this dashboard asks, and what is much or little. */
import type { ServiceContext } from '../../../metrics/promql-live.ts';
import type { Steps } from '../../appearance/colours.ts';

const where = { instance: '$instance', skill: '$skill' };

/** As of now. */
export const live: ServiceContext = { window: '$__rate_interval', where };

/** Over all that is shown. */
export const shown: ServiceContext = { window: '$__range', where };

/** Windows of a minute: a skill that is due each half minute has still something to say. */
export const minStep = '15s';

export const recoverySteps: Steps = [
  ['good', 0],
  ['warning', 10],
  ['bad', 30],
];
