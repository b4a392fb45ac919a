/** Which slots a fault excuses from being punctual, and until when they may be caught up. Pure. */
import type { Scenario } from '../scenario.ts';
import type { FaultEntry } from './fault-record.ts';
import type { CatchUp } from './slots.ts';

/** A fault as far as slots are concerned; times are undefined while they are not known. */
export interface FaultSpan {
  readonly entry: FaultEntry;
  readonly injectedMs: number | undefined;
  readonly healedMs: number | undefined;
  /** When the last of its layers, and the whole way end to end, had recovered. */
  readonly recoveredMs: number | undefined;
  /** When it stops being watched. */
  readonly watchEndMs: number;
}

/**
 * A slot may be caught up if it was due while its skill was deferred (what it requires was out of reach, or what runs it was down): from injection to recovery, and a lateness bound before, since such a slot had not had all its time when the
 * fault struck. It must start within `catchUpMs` of the fault's end: of heal, or of recovery where the system heals itself.
 * While that end is not known there is no limit yet.
 */
export function catchUpRule(scenario: Scenario, spans: () => readonly FaultSpan[]): CatchUp {
  return (skill, dueMs) => {
    const plan = scenario.skills[skill];
    if (plan?.catchUpMs === undefined) return undefined;
    const { catchUpMs, latenessMs } = plan;
    const limits = spans()
      .filter(({ entry }) => entry.deferredSkills.includes(skill))
      .filter(({ injectedMs, healedMs, recoveredMs, watchEndMs }) => {
        const untilMs = recoveredMs === undefined ? watchEndMs : Math.max(recoveredMs, healedMs ?? 0);
        return injectedMs !== undefined && injectedMs - latenessMs <= dueMs && dueMs <= untilMs;
      })
      .map(({ entry, healedMs, recoveredMs }) => (entry.healedBy === 'harness' ? healedMs : recoveredMs))
      .map((overMs) => (overMs ?? Number.POSITIVE_INFINITY) + catchUpMs);
    return limits.length === 0 ? undefined : Math.max(...limits);
  };
}
