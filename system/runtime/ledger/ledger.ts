/** The runtime's memory of runs: one row per slot, claimed (committed) before its process starts, changed only in transactions. */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from '../../layer/wire.ts';
import type { LedgerFile } from './ledger-file.ts';
import { LedgerRepair } from './ledger-repair.ts';
import type { AttemptEnded, AttemptToRetry, CancelResult, DueSlots } from './ledger-row.ts';
import type { OutboxStore } from './outbox-store.ts';
import { forgetRequest, noteRequest, type Roots } from './run-traces.ts';
import type { Totals } from './totals.ts';

/** A request to run, as far as the ledger needs it. */
type RunRequest = Pick<Command, 'id' | 'skill' | 'requestedAt' | 'traceparent'>;

const keepFinishedMs = 7 * 86_400_000;
const keepFinishedRows = 200_000;
/** However old: a skill may run once a month, and every folder of a run is to have its row. */
const keepAlways = 1000;
const keepInMemory = 10_000;
const keepMissedRows = 50_000;
/** Some milliseconds of work: a batch holds up no run. */
const pruneBatch = 250;
const maxPruneBatches = 200;
const neverRan = { reason: null, exitCode: null, signal: null, output: null } as const;

export class Ledger extends LedgerRepair {
  /** Names this ledger to the gateway: commands are leased to it. */
  readonly holder: string;
  readonly #roots: Roots | undefined;

  /** `roots`: where runs have their folders, and requests leave their traces. */
  constructor(file: LedgerFile, outbox: OutboxStore, totals: Totals, roots?: Roots) {
    super(file, outbox, totals);
    this.#roots = roots;
    this.holder = this.fact('holder') ?? this.setFact('holder', randomUUID());
  }

  /** Several changes as one write, which is on disk when this returns. */
  together<T>(changes: () => T): T {
    return this.file.write(changes);
  }

  /** Up to when the slots of this schedule have been accounted for; from now on if it is new or another one. */
  openAccount(skill: string, schedule: string, now: number): number {
    const account = this.account(skill);
    // What is rebuilt after a loss does not know the schedule's text.
    if (account !== undefined && (account.schedule === schedule || account.schedule === '')) return account.until;
    this.file.write(() => this.statements.setAccount.run(skill, schedule, now));
    return now;
  }

  closeAccount(skill: string): void {
    this.file.write(() => this.statements.closeAccount.run(skill));
  }

  /**
   * Claims slots: when this returns, each has its row on disk, and will be run whatever happens to this process. `claimedIn`: traceparent
   * of the claiming.
   */
  claim(due: readonly DueSlots[], now: number, claimedIn: string | null = null): void {
    this.file.write(() => {
      for (const { skill, schedule, until, slots, missed, cancel = [] } of due) {
        for (const id of cancel) this.cancel(id, now, 'a later slot took its place');
        for (const slot of slots) this.insertSlot(skill, slot, now, claimedIn);
        for (const range of missed) this.miss(skill, range, now);
        this.statements.setAccount.run(skill, schedule, until);
      }
    });
  }

  /** Puts a run that was asked for into the queue; false if its id is known already. */
  request(request: RunRequest): boolean {
    const { id, skill, requestedAt, traceparent } = request;
    if (this.get(id) !== undefined) return false;
    if (this.#roots !== undefined) noteRequest(this.#roots, { id, skill, requestedAt, traceparent });
    return this.#insertRequest(request);
  }

  /** Records a run that was asked for and cannot be: finished, failed. */
  refuse(command: RunRequest, reason: string, now: number): boolean {
    return this.file.write(() => {
      const fresh = this.#insertRequest(command);
      if (fresh) this.finished(command.id, { ...neverRan, attempt: 1, outcome: 'failed', at: now, reason });
      return fresh;
    });
  }

  /** `traceparent`: of the attempt's span. */
  started(id: string, startedAt: number, traceparent?: string): void {
    this.file.write(() => {
      this.statements.start.run(startedAt, traceparent ?? null, this.reserveSequence(), id);
      this.report(id, 'started', traceparent);
    });
  }

  /** False, and nothing changes: the run is at another attempt by now, or finished. `report` false: the gateway has been told already. */
  finished(id: string, ended: AttemptEnded, { report = true }: { readonly report?: boolean } = {}): boolean {
    return this.atAttempt(id, ended.attempt, (run) => this.conclude(run, ended, report));
  }

  /** The attempt failed or timed out: the run goes back to its place in the queue as the next attempt. False as for {@link finished}. */
  retry(id: string, { now, notBefore, ...ended }: AttemptToRetry): boolean {
    return this.atAttempt(id, ended.attempt, (run) => {
      if (run.cancelRequested) return this.conclude(run, { ...ended, outcome: 'cancelled', at: now });
      this.totals.retry(run.skill);
      this.requeue(run, ended, notBefore, now);
    });
  }

  /** The attempt's process died with everything around it: the run goes back to its place in the queue as the next attempt. */
  again(id: string, now: number, attempt: number): boolean {
    return this.atAttempt(id, attempt, (run) => {
      if (run.cancelRequested) return this.conclude(run, { ...neverRan, outcome: 'cancelled', at: now });
      this.totals.run(run.skill, 'interrupted', now);
      this.requeue(run, neverRan);
    });
  }

  /**
   * `cancelled`: it had not begun, and is finished. `running`: that it is to end is on record, and the caller ends its process.
   * `unknown`: there is no such run.
   */
  cancel(id: string, now: number, reason = 'cancelled'): CancelResult {
    return this.file.write(() => {
      const run = this.get(id);
      if (run === undefined) return 'unknown';
      if (run.state === 'finished') return 'finished';
      if (run.state === 'running') {
        this.statements.askToCancel.run(this.reserveSequence(), id);
        return 'running';
      }
      this.conclude(run, { ...neverRan, outcome: 'cancelled', at: now, reason });
      const roots = this.#roots;
      if (roots !== undefined && run.trigger === 'request') this.file.onceCommitted(() => forgetRequest(roots, id));
      return 'cancelled';
    });
  }

  /** Every claimed run of these skills waits until {@link resume}. */
  defer(skills: readonly string[]): void {
    this.move(skills, 'claimed', 'deferred');
  }

  resume(skills: readonly string[]): void {
    this.move(skills, 'deferred', 'claimed');
  }

  /** Forgets finished runs that are a week old or beyond the newest 200,000, but not the newest 1,000; a few at a time, between other work. */
  async prune(now: number): Promise<void> {
    this.file.makeReserve();
    const keepRows = this.file.trouble === null ? keepFinishedRows : keepInMemory;
    const nthNewest = (n: number) => Number(this.statements.nthNewest.get(n)?.sequence ?? 0);
    const [keepFrom, keepOldFrom] = [nthNewest(keepRows), nthNewest(keepAlways)];
    this.file.write(() => this.statements.pruneMissed.run(keepMissedRows));
    for (let batch = 0; batch < maxPruneBatches && this.file.db.isOpen; batch += 1) {
      if (this.#pruneSome(now - keepFinishedMs, keepOldFrom, keepFrom) < pruneBatch) return;
      await nextTurn();
    }
  }

  #insertRequest({ id, skill, requestedAt, traceparent }: RunRequest): boolean {
    const request = { id, skill, trigger: 'request', dueAt: null, queuedAt: requestedAt, late: 0, state: 'claimed' };
    return this.file.write(() => this.insert({ ...request, traceparent: traceparent ?? null }));
  }

  #pruneSome(finishedBefore: number, keepOldFrom: number, keepFrom: number): number {
    const { pruneOld, pruneSurplus } = this.statements;
    return this.file.write(() => {
      const old = Number(pruneOld.run(finishedBefore, keepOldFrom, pruneBatch).changes);
      return old + Number(pruneSurplus.run(keepFrom, pruneBatch).changes);
    });
  }
}
