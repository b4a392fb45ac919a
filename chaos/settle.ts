/** Waits, after the last fault, until everything has recovered and had its time to settle; at most until the recovery budget is used up. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from './observe/clock.ts';
import type { Observation } from './observe/observation.ts';
import { type Plan, recoveryBudgetMs } from './plan-shape.ts';

const tickMs = 50;

export async function untilSettled(
  { entries, scenario }: Pick<Plan, 'entries' | 'scenario'>,
  observation: Pick<Observation, 'enter' | 'recovered'>,
  signal: AbortSignal,
): Promise<void> {
  const startMs = nowMs();
  // Where the system heals itself, the fault lasts until it has, and so does the phase.
  let faultOver = entries.at(-1)?.healedBy !== 'system';
  if (faultOver) observation.enter('after');
  for (;;) {
    const elapsedMs = nowMs() - startMs;
    const recovered = entries.every(({ name, affected }) => affected.length === 0 || observation.recovered(name));
    if (!faultOver && (recovered || elapsedMs >= recoveryBudgetMs)) {
      faultOver = true;
      observation.enter('after');
    }
    const enoughMs = recovered ? scenario.settleMs : recoveryBudgetMs + scenario.settleMs;
    if (elapsedMs >= enoughMs) return;
    await delay(tickMs, undefined, { signal });
  }
}
