/**
 * Makes a ledger that was lost, or has gone back in time, agree again with what is left on disk. The order of things decides:
 * a slot is claimed, then its folder is made, then its process started. So a slot without a folder has never been started, as long as
 * its folder cannot have been removed; one that has a folder is what the folder says, and never started again; and where folders of that
 * time have been removed, a slot's fate is unknown: it is not run again, and counted.
 */
import type { Ledger } from './ledger.ts';
import type { Doubt } from './ledger-repair.ts';
import { progressOf, type Roots, type RunTrace } from './run-traces.ts';

export interface Remains {
  readonly roots: Roots;
  readonly traces: readonly RunTrace[];
  /** Since when (Unix ms) every run that was begun still has its folder. */
  readonly horizon: number;
  /** Skill → the latest slot that its status file names. */
  readonly lastRuns: ReadonlyMap<string, number>;
  /** True if the ledger is known to have lost rows; else the traces tell. */
  readonly lost: boolean;
}

export interface Rebuilt {
  /** Runs brought back from their folders. */
  readonly restored: number;
  /** Runs whose fate is unknown; more may follow from {@link settle}. */
  readonly unknown: number;
}

/** A finished run's row may be gone after a week, while its folder is not. */
const ledgerReachesMs = 6 * 86_400_000;

/** Undefined: nothing was lost. To be called before anything is started; in one write, and again without harm. */
export function rebuild(ledger: Ledger, remains: Remains, now: number): Rebuilt | undefined {
  const { roots, traces, lost } = remains;
  const ahead = traces.filter((trace) => (lost || trace.at > now - ledgerReachesMs) && isAhead(ledger, trace));
  // One that was asked for and has not begun is no sign: its trace is left before its row.
  if (!lost && ahead.every(({ attempt }) => attempt === 0)) return undefined;
  return ledger.write(() => {
    ledger.skipSequence(now);
    for (const trace of ahead) ledger.restore(trace, progressOf(roots, trace));
    const unknown = giveUp(ledger, remains, now);
    for (const doubt of doubtsOf(ledger, remains)) ledger.doubt(doubt);
    return { restored: ahead.length, unknown };
  });
}

/** The folder shows more than the row does. */
function isAhead(ledger: Ledger, { id, attempt }: RunTrace): boolean {
  const run = ledger.get(id);
  return run === undefined || (run.state !== 'finished' && attempt > run.attempt);
}

/** Open runs without a folder that may have had one. */
function giveUp(ledger: Ledger, { traces, horizon }: Remains, now: number): number {
  const present = new Set(traces.filter(({ attempt }) => attempt > 0).map(({ id }) => id));
  const open = (['deferred', 'claimed', 'running'] as const).flatMap((state) => ledger.inState(state));
  const gone = open.filter(({ id, state, attempt, queuedAt }) => {
    if (present.has(id)) return false;
    return state === 'running' || attempt > 1 || queuedAt <= horizon;
  });
  for (const run of gone) ledger.lose(run, now);
  return gone.length;
}

/**
 * Per skill with slots among the traces: those between what the ledger accounts for and the latest that was begun, for runs of a skill
 * begin in the order of their slots; and all up to the horizon.
 */
function doubtsOf(ledger: Ledger, { traces, lastRuns, horizon }: Remains): Doubt[] {
  const slots = traces.flatMap(({ skill, dueAt }) => (dueAt === null ? [] : [[skill, dueAt] as const]));
  const bySkill = Map.groupBy([...slots, ...lastRuns], ([skill]) => skill);
  for (const skill of ledger.accounts()) if (!bySkill.has(skill)) bySkill.set(skill, []);
  return [...bySkill].flatMap(([skill, found]) => {
    const dues = found.map(([, dueAt]) => dueAt);
    const accounted = ledger.accountedUntil(skill);
    const from = accounted ?? Math.min(...dues);
    const until = Math.max(from, horizon, ...dues);
    return accounted === undefined || until > from ? [{ skill, from, until }] : [];
  });
}
