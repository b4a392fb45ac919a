/** All alerts there are, as one literal object. Their names are the contract with scenarios, dashboards and whoever routes them. */
import type { AlertSpec } from './alert.ts';
import { budgetAlerts } from './alerts-budget.ts';
import { layerAlerts } from './alerts-layers.ts';
import { linkAlerts } from './alerts-links.ts';
import { skillAlerts } from './alerts-skills.ts';

export const alerts = {
  ...layerAlerts,
  ...linkAlerts,
  ...skillAlerts,
  ...budgetAlerts,
} as const satisfies Record<string, AlertSpec>;

export type { AlertSpec } from './alert.ts';

export type AlertName = keyof typeof alerts;
