/** How a skill fares, by its own schedule. Pure: what was seen of it in, a state and a reason out. */
import { duration } from './ages.ts';
import type { SkillState } from './health-report.ts';

export interface SeenSkill {
  readonly enabled: boolean;
  readonly schedule: string | null;
  readonly freshWithinMs: number | null;
  /** The runtime's own judgement, if it gave one. */
  readonly fresh: boolean | null;
  readonly lastOutcome: string | null;
  readonly lastFinishedAt: number | null;
  readonly lastSuccessAt: number | null;
  /** Since the last success. */
  readonly failures: number;
  readonly nextDueAt: number | null;
  /** When its SKILL.md was written: before that it owed nothing. */
  readonly installedAt: number | null;
  /** When the system was started that runs it, if that is known: a machine that was off owes nothing for that time. */
  readonly startedAt: number | null;
  /** Slots that wait for the gateway. */
  readonly deferred: number;
  readonly problem: string | null;
  /** The problem is about a newer SKILL.md; the last good one goes on. */
  readonly lastGoodRuns: boolean;
}

export interface Judgement {
  readonly state: SkillState;
  readonly reason: string | null;
}

/** Clocks of two machines may differ by that. */
const toleranceMs = 60_000;

export function judgeSkill(skill: SeenSkill, now: number): Judgement {
  const { problem, lastGoodRuns } = skill;
  if (problem !== null && !lastGoodRuns) return { state: 'problem', reason: problem };
  const judged = judgeUsable(skill, now);
  return { state: judged.state, reason: judged.reason ?? problem };
}

function judgeUsable(skill: SeenSkill, now: number): Judgement {
  if (!skill.enabled) return { state: 'disabled', reason: null };
  if (skill.schedule === null) return { state: 'on-request', reason: null };
  if (skill.deferred > 0) return { state: 'deferred', reason: `${skill.deferred} slots wait for the gateway` };
  const last = Math.max(skill.lastSuccessAt ?? 0, skill.lastFinishedAt ?? 0);
  if (last > now + toleranceMs)
    return { state: 'unknown', reason: 'its last run lies in the future: was the clock set back?' };
  if (skill.freshWithinMs === null) return judgeUnbounded(skill);
  return judgeByAge(skill, skill.freshWithinMs, now);
}

/** A schedule whose last slot is past owes nothing more. */
function judgeUnbounded({ nextDueAt, lastOutcome }: SeenSkill): Judgement {
  if (nextDueAt !== null) return { state: 'unknown', reason: 'nothing says how old its last success may be' };
  return isBad(lastOutcome)
    ? { state: 'failing', reason: lastRun(lastOutcome) }
    : { state: 'on-request', reason: null };
}

function judgeByAge(skill: SeenSkill, freshWithinMs: number, now: number): Judgement {
  const { fresh, lastOutcome, lastFinishedAt, lastSuccessAt, installedAt, startedAt } = skill;
  const lately = (at: number | null) => at !== null && at <= now + toleranceMs && now - at <= freshWithinMs;
  // While a run is under way its outcome is not known, but those before it are.
  if (lastOutcome === null && skill.failures > 0)
    return { state: 'failing', reason: `${skill.failures} times in a row without success` };
  if (lately(lastFinishedAt) && isBad(lastOutcome)) return { state: 'failing', reason: lastRun(lastOutcome) };
  if (lately(lastSuccessAt) && fresh !== false) return { state: 'ok', reason: null };
  if (lastFinishedAt === null && lastSuccessAt === null && lately(installedAt))
    return { state: 'waiting', reason: 'has not been due yet' };
  const since = lastSuccessAt === null ? 'never succeeded' : `last succeeded ${duration(now - lastSuccessAt)} ago`;
  if (lately(startedAt)) return { state: 'waiting', reason: `${since}; has not been due since the start` };
  return { state: 'stale', reason: `${since}; should within ${duration(freshWithinMs)}` };
}

/** Somebody wanted a cancelled run to end: that says nothing against the skill. */
function isBad(outcome: string | null): boolean {
  return outcome !== null && outcome !== 'succeeded' && outcome !== 'cancelled';
}

function lastRun(outcome: string | null): string {
  return `its last run: ${outcome}`;
}
