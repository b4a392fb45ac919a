/** All that is asked of Prometheus about one run: is the measurement sound, did the experiment take place, did the system hold. */
import type { Check } from './check.ts';
import { alertChecks, alertHealthChecks } from './checks-alerts.ts';
import { experimentChecks } from './checks-experiment.ts';
import { healthChecks } from './checks-health.ts';
import { layerChecks, ownChecks, standingChecks } from './checks-system.ts';
import type { Outline } from './plan-shape.ts';

/** In the order in which they are judged. What the scenario demands of a figure that is asked for anyway comes last, and wins. */
export function checksOf(outline: Outline): readonly Check[] {
  const checks = [
    ...healthChecks(outline),
    ...alertHealthChecks(outline),
    ...experimentChecks(outline),
    ...layerChecks(outline),
    ...standingChecks(outline),
    ...alertChecks(outline),
    ...ownChecks(outline),
  ];
  return [...new Map(checks.map((check) => [check.id, check])).values()];
}
