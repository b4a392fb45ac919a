/** Waits until everything has been good, without a break, for as long as the scenario asks. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';
import type { Observation, Snapshot } from '../observe/observation.ts';
import type { Scenario } from '../scenario.ts';

const tickMs = 50;

export interface SteadyState {
  readonly reached: boolean;
  readonly detail: string;
}

export async function untilSteady(
  { forMs, withinMs }: Scenario['steadyState'],
  observation: Pick<Observation, 'goodForMs' | 'snapshot'>,
  signal: AbortSignal,
): Promise<SteadyState> {
  const startMs = nowMs();
  while (nowMs() - startMs < withinMs) {
    if (observation.goodForMs() >= forMs) {
      return { reached: true, detail: `good for ${forMs} ms, ${Math.round(nowMs() - startMs)} ms after the start` };
    }
    await delay(tickMs, undefined, { signal });
  }
  const bad = notGood(observation.snapshot());
  return { reached: false, detail: `not good for ${forMs} ms at a stretch within ${withinMs} ms; last: ${bad}` };
}

/** What kept the steady state from being reached, as far as one moment tells. */
function notGood({ layers, skills, user, alerts }: Snapshot): string {
  const bad = [
    ...Object.entries(layers).flatMap(([layer, seen]) =>
      Object.entries(seen).flatMap(([vantage, state]) => (state === 'ok' ? [] : [`${layer} (${vantage}) ${state}`])),
    ),
    ...Object.entries(skills).flatMap(([skill, { last }]) => (last === 'in-time' ? [] : [`${skill} ${last}`])),
    ...alerts.map((alert) => `${alert} fires`),
    ...(user === undefined || user.connected ? [] : ['the user is not connected']),
  ];
  return bad.length === 0 ? 'nothing bad at that moment, but something before it' : bad.join(', ');
}
