/**
 * What a running system is watched by: rules, dashboards and the demo all ask these. (What gates judge by is in `slis.ts`: raw totals
 * over a whole run, counted by the harness. Here most is the layers' own word.)
 */

import { layerServiceSlis } from './service-slis-layers.ts';
import { nowServiceSlis } from './service-slis-now.ts';
import { recoveryServiceSlis } from './service-slis-recovery.ts';
import { runServiceSlis } from './service-slis-runs.ts';
import { skillServiceSlis } from './service-slis-skills.ts';

export const serviceSlis = {
  ...skillServiceSlis,
  ...layerServiceSlis,
  ...recoveryServiceSlis,
  ...nowServiceSlis,
  ...runServiceSlis,
} as const;

export type ServiceSliName = keyof typeof serviceSlis;
