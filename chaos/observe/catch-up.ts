/** Which slots a fault excuses from being punctual, and until when they may be caught up. Pure. */
import type { Scenario } from '../scenario.ts';
import type { FaultEntry } from './fault-record.ts';
import type { CatchUp, HeadStart, Mended } from './slots.ts';

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

/**
 * Until when a skill that a fault has broken need not be on its schedule again: for `catchUpMs` after its end, since the system may have
 * stopped trying for a while. Slots due until then were exposed to the fault.
 */
export function mendedRule(scenario: Scenario, spans: () => readonly FaultSpan[]): Mended {
  return (skill) => {
    const { catchUpMs = 0 } = scenario.skills[skill] ?? {};
    const backMs = spans()
      .filter(({ entry, injectedMs }) => injectedMs !== undefined && entry.brokenSkills?.includes(skill))
      .map(({ healedMs = Number.POSITIVE_INFINITY }) => healedMs + catchUpMs);
    return Math.max(0, ...backMs);
  };
}

/**
 * By a clock that goes ahead, slots come before their time: by as much as it is ahead, and only while it is; a run that waited for the
 * one before it may begin a lateness bound after that.
 */
export function headStartRule(scenario: Scenario, spans: () => readonly FaultSpan[]): HeadStart {
  return (skill, startedMs) => {
    const { latenessMs = 0 } = scenario.skills[skill] ?? {};
    const aheadMs = spans()
      .filter(({ entry, injectedMs, healedMs = Number.POSITIVE_INFINITY }) => {
        const isHit = injectedMs !== undefined && entry.deferredSkills.includes(skill);
        return isHit && injectedMs <= startedMs && startedMs <= healedMs + latenessMs;
      })
      .map(({ entry }) => entry.clockOffsetMs ?? 0);
    return Math.max(0, ...aheadMs);
  };
}
