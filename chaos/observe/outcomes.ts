/** Lays the ledger, the effects and the system's own counters side by side: what became of each slot, and who contradicts whom. Pure. */
import type { disagreements, skillOutcomes } from '../../metrics/vocabulary.ts';
import type { LedgerRow, MissedRange } from '../drivers/ledger.ts';
import type { Effect, SlotFate } from './slots.ts';

export type Outcome = (typeof skillOutcomes)[number];

/**
 * `ledger-without-effect`: it says succeeded, and the skill wrote nothing. `effect-without-ledger`: the skill ran, and the ledger does
 * not know. `counter`: the runtime's own total of successes is not the ledger's. `slot-without-ledger`: a slot that was due is not
 * there, nor told to be missed, though the runtime has gone on to later ones. `effects-changed`: effects that were seen are gone, or lines are torn.
 */
type Between = (typeof disagreements)[number];

export interface Disagreement {
  readonly between: Between;
  readonly skill: string;
  readonly detail: string;
}

/** Success needs both witnesses; a slot without an effect was missed unless the ledger owns up to a failure. */
export function outcomeOf(fate: SlotFate, row: LedgerRow | undefined): Outcome {
  const failed = row?.state === 'finished' && row.outcome !== 'succeeded';
  if (failed) return 'failed';
  if (!fate.executed) return 'missed';
  return row?.state === 'finished' ? 'success' : 'failed';
}

/**
 * The same of a slot that was due before the ledger lost its memory: what it said before counts where it does not know any more, and
 * where nobody heard it, the effect stands alone. A failure is a failure, whenever it was owned up to.
 */
export function recalledOutcome(
  fate: SlotFate,
  row: LedgerRow | undefined,
  heard: ReadonlyMap<number, LedgerRow>,
): Outcome {
  const known = [row, heard.get(fate.dueMs)].filter((it) => it?.state === 'finished' && it.outcome !== 'unknown');
  if (known.length > 0) return outcomeOf(fate, known.find((it) => it?.outcome !== 'succeeded') ?? known[0]);
  return fate.executed ? 'success' : outcomeOf(fate, row);
}

/** Ledger rows of one skill by due time; of several for one slot, the one that finished last. */
export function rowsBySlot(rows: Iterable<LedgerRow>, skill: string): ReadonlyMap<number, LedgerRow> {
  const bySlot = new Map<number, LedgerRow>();
  for (const row of rows) {
    if (row.skill !== skill || row.dueAt === null) continue;
    const known = bySlot.get(row.dueAt);
    if (known === undefined || known.sequence < row.sequence) bySlot.set(row.dueAt, row);
  }
  return bySlot;
}

export interface Witnesses {
  readonly skill: string;
  readonly fates: readonly SlotFate[];
  /** All effects that were ever seen, and those that the file held at the end. */
  readonly seen: readonly Effect[];
  readonly final: readonly Effect[];
  readonly malformed: number;
  readonly rows: ReadonlyMap<string, LedgerRow>;
  /** Only what finished before this has to be known to everybody: the system goes on while it is asked. */
  readonly endMs: number;
  /** Slots that the ledger owns up to have missed. */
  readonly missed?: readonly MissedRange[];
  /** What began before this, the ledger may not know of any more. */
  readonly forgottenMs?: number;
}

export function disagreementsOf(witnesses: Witnesses): Disagreement[] {
  const { skill, fates, seen, final, malformed, rows, endMs, missed = [] } = witnesses;
  const { forgottenMs = Number.NEGATIVE_INFINITY } = witnesses;
  const found: Disagreement[] = [];
  const say = (between: Between, detail: string) => found.push({ between, skill, detail });
  const finalRuns = new Set(final.map(({ run }) => run));
  for (const { run } of seen) if (!finalRuns.has(run)) say('effects-changed', `${run} was there and is gone`);
  if (malformed > 0) say('effects-changed', `${malformed} lines that are no effect`);
  for (const { run, startedAt, finishedAt } of final) {
    if (startedAt >= forgottenMs && finishedAt < endMs && !rows.has(run)) say('effect-without-ledger', run);
  }
  const own = [...rows.values()].filter((row) => row.skill === skill);
  for (const row of own) {
    const told = row.state === 'finished' && row.outcome === 'succeeded';
    if (told && (row.finishedAt ?? 0) < endMs && !finalRuns.has(row.id)) say('ledger-without-effect', row.id);
  }
  const bySlot = rowsBySlot(own, skill);
  const newestMs = Math.max(Number.NEGATIVE_INFINITY, ...bySlot.keys());
  const isOwnedUpTo = (dueMs: number) =>
    missed.some((range) => range.skill === skill && range.firstDueAt <= dueMs && dueMs <= range.lastDueAt);
  for (const { dueMs } of fates) {
    const mustBeThere = forgottenMs <= dueMs && dueMs < newestMs && !isOwnedUpTo(dueMs);
    if (mustBeThere && !bySlot.has(dueMs)) say('slot-without-ledger', `due ${new Date(dueMs).toISOString()}`);
  }
  return found;
}

/** The counter was read between two readings of the ledger: it must lie between what they say. */
export function counterDisagreement(
  skill: string,
  counter: number | undefined,
  earlier: ReadonlyMap<string, LedgerRow>,
  later: ReadonlyMap<string, LedgerRow>,
): Disagreement | undefined {
  const [low, high] = [succeeded(earlier, skill), succeeded(later, skill)];
  if (counter === undefined && high === 0) return undefined;
  if (counter !== undefined && low <= counter && counter <= high) return undefined;
  const says = counter === undefined ? 'is missing' : `says ${counter}`;
  return { between: 'counter', skill, detail: `openclaw_skill_runs_total ${says}, the ledger ${low} to ${high}` };
}

function succeeded(rows: ReadonlyMap<string, LedgerRow>, skill: string): number {
  let count = 0;
  for (const row of rows.values()) {
    if (row.skill === skill && row.state === 'finished' && row.outcome === 'succeeded') count++;
  }
  return count;
}
