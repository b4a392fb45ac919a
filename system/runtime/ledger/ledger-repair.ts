/** What is done to a ledger that has lost some of its memory; each within a write. */

import type { MissedSlots, QueuedRun } from './ledger-row.ts';
import { LedgerWriter } from './ledger-writer.ts';
import type { Progress, RunTrace } from './run-traces.ts';

/** Slots of a skill after `from`, up to `until`, that may have run without leaving a trace. */
export interface Doubt {
  readonly skill: string;
  readonly from: number;
  readonly until: number;
}

const toldForMs = 3_600_000;
const lost = { reason: 'the ledger that knew was lost: it may have run', exitCode: null, signal: null, output: null };

export class LedgerRepair extends LedgerWriter {
  /** Several of these as one change. */
  write<T>(fn: () => T): T {
    return this.file.write(fn);
  }

  /** Brings the run's row to what its folder shows; makes it if there is none. */
  restore(trace: RunTrace, progress: Progress): void {
    const { id, skill, dueAt, queuedAt, traceparent = null } = trace;
    const attempt = Math.max(1, trace.attempt);
    const trigger = dueAt === null ? 'request' : 'schedule';
    const fresh = this.insert({ id, skill, trigger, dueAt, queuedAt, late: 1, state: 'claimed', traceparent });
    if (fresh && dueAt !== null) this.totals.slots(skill, 'claimed', 1);
    if (progress.state === 'begun') {
      this.statements.restore.run(attempt, 'claimed', null, this.reserveSequence(), id);
      return;
    }
    this.statements.restore.run(attempt, 'running', progress.startedAt, this.reserveSequence(), id);
    const run = this.get(id);
    if (progress.state === 'ended' && run !== undefined) this.conclude(run, progress.ended);
  }

  /** Gives up a run that may have been run: it never is again. */
  lose(run: QueuedRun, now: number): void {
    this.conclude(run, { ...lost, outcome: 'unknown', at: now });
  }

  /** Records a slot that may have been run as one whose fate is not known. */
  loseSlot(skill: string, dueAt: number, now: number): void {
    const id = `${skill}@${dueAt}`;
    const slot = { id, skill, trigger: 'schedule', dueAt, queuedAt: dueAt, late: 1, state: 'claimed' } as const;
    if (!this.insert(slot)) return;
    this.totals.slots(skill, 'unknown', 1);
    this.conclude({ id, skill }, { ...lost, outcome: 'unknown', at: now });
  }

  /** The same for many, as one range of slots without a run. */
  loseSlots(skill: string, range: Omit<MissedSlots, 'reason'>, now: number): void {
    this.miss(skill, { ...range, reason: 'unknown' }, now);
  }

  /** Keeps in mind that there are slots in doubt, until {@link settleAccount}. */
  doubt({ skill, from, until }: Doubt): void {
    this.statements.doubt.run(skill, from, until);
  }

  doubts(): Doubt[] {
    return this.statements.doubts.all().map(({ skill, accounted_until, unknown_until }) => ({
      skill: String(skill),
      from: Number(accounted_until),
      until: Number(unknown_until),
    }));
  }

  settleAccount({ skill, until }: Doubt): void {
    this.statements.settleAccount.run(until, skill);
  }

  /** Numbers of changes go on from above all that were given before, so that the gateway takes new reports for new. */
  skipSequence(now: number): void {
    this.raiseSequence(now);
  }

  remember(fact: string, value: string): void {
    if (this.fact(fact) !== value) this.setFact(fact, value);
  }

  /** Remembered for an hour, whatever becomes of the process. */
  noteLoss(text: string, now: number): void {
    this.setFact('loss', JSON.stringify({ text, at: now }));
  }

  /** What was lost in the last hour, for people. */
  losses(now: number): string[] {
    const { text, at } = JSON.parse(this.fact('loss') ?? '{"at":0}');
    return now - at < toldForMs ? [text] : [];
  }
}
