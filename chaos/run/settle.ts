/** Waits for recovery, and for alerts to resolve, at most until their time is used up: between two faults, and after the last one. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';
import type { Observation } from '../observe/observation.ts';
import { steadyStreakMs } from '../observe/streaks.ts';
import { type Plan, type PlannedEntry, recoveryBudgetMs } from '../plan/plan-shape.ts';

const tickMs = 50;
/** A recovery in the last moment of its budget is known to be one when it has lasted; one more second is for the probes to tell. */
const knownWithinMs = recoveryBudgetMs + steadyStreakMs + 1_000;

/** Waits until one fault's effects are over, and known to be: what comes next is to meet a system that is well. */
export async function untilRecovered(
  { name, affected }: PlannedEntry,
  observation: Pick<Observation, 'recovered' | 'alertsSettled'>,
  signal: AbortSignal,
): Promise<void> {
  const startMs = nowMs();
  const recovering = () => affected.length > 0 && !observation.recovered(name) && nowMs() - startMs < knownWithinMs;
  while (recovering() || !observation.alertsSettled(name)) {
    await delay(tickMs, undefined, { signal });
  }
}

/** Until everything has recovered and had its time to settle, and each skill was due at least once after the faults. */
export async function untilSettled(
  { entries, scenario }: Pick<Plan, 'entries' | 'scenario'>,
  observation: Pick<Observation, 'enter' | 'recovered' | 'alertsSettled'>,
  signal: AbortSignal,
): Promise<void> {
  const startMs = nowMs();
  // Where the system heals itself, the fault lasts until it has, and so does the phase.
  let afterSinceMs: number | undefined;
  const enterAfter = () => {
    observation.enter('after');
    afterSinceMs = nowMs();
  };
  if (entries.at(-1)?.healedBy !== 'system') enterAfter();
  // From any moment on, a slot of the skill comes due and its bound passes within this time.
  const dueOnceMs = Math.max(
    0,
    ...Object.values(scenario.skills).map(({ everySeconds, latenessMs }) => everySeconds * 1_000 + latenessMs),
  );
  for (;;) {
    const elapsedMs = nowMs() - startMs;
    const recovered = entries.every(({ name, affected }) => affected.length === 0 || observation.recovered(name));
    if (afterSinceMs === undefined && (recovered || elapsedMs >= recoveryBudgetMs)) enterAfter();
    const enoughMs = recovered ? scenario.settleMs : Math.max(knownWithinMs, recoveryBudgetMs + scenario.settleMs);
    const paged = entries.every(({ name }) => observation.alertsSettled(name));
    if (paged && elapsedMs >= enoughMs && afterSinceMs !== undefined && nowMs() - afterSinceMs >= dueOnceMs) return;
    await delay(tickMs, undefined, { signal });
  }
}
