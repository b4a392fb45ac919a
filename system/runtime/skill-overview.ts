/** Each skill as `GET /v1/skills` shows it: what it is to do, how it has fared, what comes next. */
import type { FailureBackoff } from './dispatch/failure-backoff.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { QueuedRun } from './ledger/ledger-row.ts';
import type { Totals } from './ledger/totals.ts';
import type { Scheduler } from './schedule/scheduler.ts';
import type { Skill } from './skills/skill-file.ts';
import type { SkillSet } from './skills/skill-folder.ts';

export interface OverviewSources {
  readonly ledger: Pick<Ledger, 'latest' | 'deferred' | 'queued'>;
  readonly totals: Pick<Totals, 'lastSuccessAt' | 'consecutiveFailures' | 'missedOf'>;
  readonly scheduler: Pick<Scheduler, 'nextDueAt'>;
  readonly backoff: Pick<FailureBackoff, 'until'>;
  readonly running: readonly Pick<QueuedRun, 'id' | 'skill'>[];
}

export function skillOverview({ skills, problems, stale }: SkillSet, sources: OverviewSources, now = Date.now()) {
  const { ledger, running } = sources;
  const waiting = { deferred: ledger.deferred(), queued: ledger.queued() };
  const usable = [...skills.values()].map((skill) => ({
    ...definition(skill),
    ...record(skill, sources, now),
    running: running.find((run) => run.skill === skill.name)?.id ?? null,
    deferred: waiting.deferred.get(skill.name) ?? 0,
    queued: waiting.queued.get(skill.name) ?? 0,
    ...(problems.has(skill.name) && { problem: problems.get(skill.name) }),
    ...(stale.has(skill.name) && { stale: true }),
  }));
  const unusable = [...problems].filter(([name]) => !skills.has(name)).map(([name, problem]) => ({ name, problem }));
  return [...usable, ...unusable];
}

function definition(skill: Skill) {
  const { name, description, schedule, enabled, requires, overlap, catchUp, jitterMs, retries, timeoutMs } = skill;
  const text = schedule?.text ?? null;
  return { name, description, schedule: text, enabled, requires, overlap, catchUp, jitterMs, retries, timeoutMs };
}

function record(skill: Skill, { ledger, totals, scheduler, backoff }: OverviewSources, now: number) {
  const { name, enabled } = skill;
  const freshWithinMs = enabled ? skill.freshWithinMs : null;
  const lastSuccessAt = totals.lastSuccessAt(name);
  const consecutiveFailures = totals.consecutiveFailures(name);
  return {
    nextDueAt: scheduler.nextDueAt(name),
    freshWithinMs,
    fresh: freshness(freshWithinMs, lastSuccessAt, consecutiveFailures, now),
    lastRun: shown(ledger.latest(name)),
    lastSuccessAt,
    consecutiveFailures,
    backoffUntil: backoff.until(skill),
    missed: totals.missedOf(name),
  };
}

/** Null: nobody can expect a success (yet). */
function freshness(withinMs: number | null, lastSuccessAt: number | null, failures: number, now: number) {
  if (withinMs === null) return null;
  if (lastSuccessAt === null) return failures > 0 ? false : null;
  return now - lastSuccessAt <= withinMs;
}

function shown(run: QueuedRun | undefined) {
  if (run === undefined) return null;
  const { id, outcome, finishedAt, attempt, reason, exitCode, signal } = run;
  return { id, outcome, finishedAt, attempt, reason, exitCode, signal };
}
