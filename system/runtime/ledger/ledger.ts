/** The runtime's memory of runs: one row per slot, claimed (committed) before its process starts, changed only in transactions. */
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { transaction } from '../../layer/database.ts';
import type { Command, RunOutcome } from '../../layer/wire.ts';
import type { LedgerRow, QueuedRun, RunState } from './ledger-row.ts';
import { prepare, toReport, toRun } from './ledger-statements.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { Fate, Totals } from './totals.ts';

/** The slots of one skill that came due up to `until`. */
export interface DueSlots {
  readonly skill: string;
  readonly schedule: string;
  readonly until: number;
  readonly slots: readonly { readonly dueAt: number; readonly fate: Exclude<Fate, 'missed'> }[];
  readonly missed: number;
}

const keepFinishedMs = 7 * 86_400_000;
const keepFinishedRows = 200_000;

export class Ledger {
  readonly #db: DatabaseSync;
  readonly #outbox: OutboxStore;
  readonly #totals: Totals;
  readonly #statements;
  #sequence: number;

  constructor(db: DatabaseSync, outbox: OutboxStore, totals: Totals) {
    this.#db = db;
    this.#outbox = outbox;
    this.#totals = totals;
    this.#statements = prepare(db);
    // Of the outbox too: a report may outlive its run, and its number must not be given again.
    const newest = db.prepare(
      'SELECT max(sequence) AS newest FROM (SELECT sequence FROM runs UNION ALL SELECT sequence FROM outbox)',
    );
    this.#sequence = Number(newest.get()?.newest ?? 0);
  }

  /** Up to when the slots of this schedule have been accounted for; from now on if it is new or another one. */
  openAccount(skill: string, schedule: string, now: number): number {
    const account = this.#statements.account.get(skill);
    if (account !== undefined && account.schedule === schedule) return Number(account.accounted_until);
    this.#statements.setAccount.run(skill, schedule, now);
    return now;
  }

  closeAccount(skill: string): void {
    this.#statements.closeAccount.run(skill);
  }

  /** Claims slots: when this returns, each has its row on disk, and will be run whatever happens to this process. */
  claim(due: readonly DueSlots[], now: number): void {
    transaction(this.#db, () => {
      for (const { skill, schedule, until, slots, missed } of due) {
        for (const { dueAt, fate } of slots) this.#insertSlot(skill, dueAt, fate, now);
        this.#totals.slots(skill, 'missed', missed);
        this.#statements.setAccount.run(skill, schedule, until);
      }
    });
  }

  /** Puts a run that was asked for into the queue; false if its id is known already. */
  request({ id, skill, requestedAt }: Command): boolean {
    return this.#insert({
      id,
      skill,
      trigger: 'request',
      dueAt: null,
      queuedAt: requestedAt,
      late: 0,
      state: 'claimed',
    });
  }

  /** Records a run that was asked for and cannot be: finished, failed. */
  refuse({ id, skill, requestedAt }: Command, reason: string, now: number): boolean {
    return transaction(this.#db, () => {
      const fresh = this.#insert({
        id,
        skill,
        trigger: 'request',
        dueAt: null,
        queuedAt: requestedAt,
        late: 0,
        state: 'claimed',
      });
      if (fresh) this.#conclude(id, 'failed', now, reason, true);
      return fresh;
    });
  }

  /**
   * The claimed run of the skill whose turn it is: the oldest of those that came about otherwise than the last one did, else the
   * oldest. So a slot never waits for a queue of requests, nor a request for a queue of slots that are caught up.
   */
  next(skill: string, last: QueuedRun['trigger'] = 'request'): QueuedRun | undefined {
    return toRun(this.#statements.next.get(skill, last));
  }

  get(id: string): QueuedRun | undefined {
    return toRun(this.#statements.get.get(id));
  }

  inState(state: RunState): QueuedRun[] {
    return this.#statements.inState.all(state).flatMap((row) => toRun(row) ?? []);
  }

  /** Requests that are not finished. */
  openRequests(): number {
    return Number(this.#statements.openRequests.get()?.open);
  }

  started(id: string, startedAt: number): void {
    transaction(this.#db, () => {
      this.#change(id, "state = 'running', started_at = ?", startedAt);
      this.#report(id, 'started');
    });
  }

  /** `report` false: the gateway has been told already. */
  finished(id: string, outcome: RunOutcome, finishedAt: number, reason: string | null, report = true): void {
    transaction(this.#db, () => this.#conclude(id, outcome, finishedAt, reason, report));
  }

  /** The attempt's process died with everything around it: the run goes back to its place in the queue as the next attempt. */
  again(id: string, now: number): void {
    transaction(this.#db, () => {
      const run = this.get(id);
      if (run === undefined) return;
      this.#totals.run(run.skill, 'interrupted', now);
      this.#change(id, "state = 'claimed', attempt = attempt + 1, started_at = NULL");
    });
  }

  /** Every claimed run of these skills waits until {@link resume}. */
  defer(skills: readonly string[]): void {
    this.#move(skills, 'claimed', 'deferred');
  }

  resume(skills: readonly string[]): void {
    this.#move(skills, 'deferred', 'claimed');
  }

  /** Runs that wait for what their skill requires, by skill. */
  deferred(): Map<string, number> {
    return new Map(this.#statements.deferred.all().map((row) => [String(row.skill), Number(row.runs)]));
  }

  /** Rows changed after `since`, in the order of their changes. */
  changes(since: number, limit: number, state?: RunState): LedgerRow[] {
    const rows = state
      ? this.#statements.changesInState.all(since, state, limit)
      : this.#statements.changes.all(since, limit);
    return rows.flatMap((row) => {
      const run = toRun(row);
      if (run === undefined) return [];
      const { queuedAt: _queuedAt, late: _late, ...shown } = run;
      return [shown];
    });
  }

  /** The sequence number of a change yet to come, for a report that is sent before it. */
  reserveSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Forgets finished runs that are a week old or beyond the newest 200,000. */
  prune(now: number): void {
    this.#statements.prune.run(now - keepFinishedMs, this.#sequence - keepFinishedRows);
  }

  #insertSlot(skill: string, dueAt: number, fate: Exclude<Fate, 'missed'>, now: number): void {
    const state = fate === 'deferred' ? 'deferred' : 'claimed';
    const late = fate === 'claimed' ? 0 : 1;
    const id = `${skill}@${dueAt}`;
    const fresh = this.#insert({ id, skill, trigger: 'schedule', dueAt, queuedAt: Math.min(dueAt, now), late, state });
    if (fresh) this.#totals.slots(skill, fate, 1);
  }

  #insert(
    row: Readonly<Record<'id' | 'skill' | 'trigger' | 'dueAt' | 'queuedAt' | 'late' | 'state', SQLInputValue>>,
  ): boolean {
    return this.#statements.insert.run({ ...row, sequence: this.reserveSequence() }).changes === 1;
  }

  #conclude(id: string, outcome: RunOutcome, finishedAt: number, reason: string | null, report: boolean): void {
    const run = this.get(id);
    if (run === undefined || run.state === 'finished') return;
    this.#change(id, "state = 'finished', outcome = ?, finished_at = ?, reason = ?", outcome, finishedAt, reason);
    this.#totals.run(run.skill, outcome, finishedAt);
    if (report) this.#report(id, 'finished');
  }

  #change(id: string, assignments: string, ...values: SQLInputValue[]): void {
    this.#db
      .prepare(`UPDATE runs SET ${assignments}, sequence = ? WHERE id = ?`)
      .run(...values, this.reserveSequence(), id);
  }

  #move(skills: readonly string[], from: RunState, to: RunState): void {
    transaction(this.#db, () => {
      for (const skill of skills) {
        for (const row of this.#statements.idsIn.all(from, skill))
          this.#change(String(row.id), 'state = ?, late = 1', to);
      }
    });
  }

  #report(id: string, state: 'started' | 'finished'): void {
    const run = this.get(id);
    if (run !== undefined) this.#outbox.add(toReport(run, state, run.sequence));
  }
}
