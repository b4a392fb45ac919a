/** The changes that the ledger's operations are made of; each within a write. */
import type { SQLInputValue } from 'node:sqlite';
import type { LedgerFile } from './ledger-file.ts';
import { LedgerReader } from './ledger-reader.ts';
import type { AttemptEnded, AttemptResult, DueSlots, MissedRow, QueuedRun, RunState } from './ledger-row.ts';
import { toReport } from './ledger-row-mapping.ts';
import type { OutboxStore } from './outbox-store.ts';
import type { Totals } from './totals.ts';

type Slot = DueSlots['slots'][number];
type NewRun = Readonly<Record<'id' | 'skill' | 'trigger' | 'dueAt' | 'queuedAt' | 'late' | 'state', SQLInputValue>> &
  RunTraceparents;
type RunTraceparents = Partial<Readonly<Record<'traceparent' | 'claimedIn', string | null>>>;

const maxOutput = 2048;
const maxReason = 1000;
const untraced = { traceparent: null, claimedIn: null } as const;
const notWaiting = { notBefore: null, waitsSince: null } as const;

export class LedgerWriter extends LedgerReader {
  protected readonly totals: Totals;
  readonly #outbox: OutboxStore;
  #sequence: number;

  constructor(file: LedgerFile, outbox: OutboxStore, totals: Totals) {
    super(file);
    this.#outbox = outbox;
    this.totals = totals;
    const { newest, newestReport, newestMissed } = this.statements;
    // Of the outbox too: a report may outlive its run, and its number must not be given again.
    const used = [newest, newestReport, newestMissed].map((statement) => Number(statement.get()?.sequence ?? 0));
    this.#sequence = Math.max(Number(this.fact('sequence-base') ?? 0), ...used);
  }

  /** The sequence number of a change yet to come, for a report that is sent before it. */
  reserveSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Numbers start again from here at the latest: above all that an earlier ledger may have given. */
  protected raiseSequence(to: number): void {
    this.#sequence = Math.max(this.#sequence, to);
    this.setFact('sequence-base', String(this.#sequence));
  }

  protected setFact(name: string, value: string): string {
    this.file.write(() => this.statements.setFact.run(name, value));
    return value;
  }

  protected insert(
    run: NewRun,
    waits: Readonly<Record<'notBefore' | 'waitsSince', number | null>> = notWaiting,
  ): boolean {
    // In memory there are only the newest of the finished runs.
    if (this.file.trouble !== null && this.statements.onDisk.get(run.id) !== undefined) return false;
    const row = { ...untraced, ...run, ...waits, sequence: this.reserveSequence() };
    return this.statements.insert.run(row).changes === 1;
  }

  protected insertSlot(skill: string, { dueAt, fate, notBefore }: Slot, now: number, claimedIn: string | null): void {
    const slot = { id: `${skill}@${dueAt}`, skill, trigger: 'schedule', dueAt, queuedAt: Math.min(dueAt, now) };
    const state = { state: fate === 'deferred' ? 'deferred' : 'claimed', late: fate === 'claimed' ? 0 : 1 };
    const waits = notBefore === undefined ? notWaiting : { notBefore, waitsSince: now };
    if (this.insert({ ...slot, ...state, claimedIn }, waits)) this.totals.slots(skill, fate, 1);
  }

  protected miss(skill: string, range: Omit<MissedRow, 'skill' | 'sequence' | 'at'>, now: number): void {
    const { firstDueAt, lastDueAt, slots, reason } = range;
    if (slots === 0) return;
    this.statements.miss.run(this.reserveSequence(), skill, firstDueAt, lastDueAt, slots, reason, now);
    this.totals.missed(skill, reason, slots);
  }

  /** False, and nothing changes: the run is at another attempt by now, or finished. */
  protected atAttempt(id: string, attempt: number, change: (run: QueuedRun) => void): boolean {
    return this.file.write(() => {
      const run = this.get(id);
      if (run === undefined || run.state === 'finished' || run.attempt !== attempt) return false;
      change(run);
      return true;
    });
  }

  protected conclude(
    { id, skill }: Pick<QueuedRun, 'id' | 'skill'>,
    ended: Omit<AttemptEnded, 'attempt'>,
    report = true,
  ): void {
    const { outcome, at, traceparent } = ended;
    this.statements.finish.run(outcome, at, ...columns(ended), this.reserveSequence(), id);
    this.totals.run(skill, outcome, at);
    if (report) this.report(id, 'finished', traceparent);
  }

  protected requeue(
    { id }: QueuedRun,
    ended: Omit<AttemptResult, 'attempt'>,
    notBefore: number | null = null,
    now: number | null = null,
  ): void {
    this.statements.requeue.run(notBefore, now, ...columns(ended), this.reserveSequence(), id);
  }

  protected move(skills: readonly string[], from: RunState, to: RunState): void {
    this.file.write(() => {
      for (const skill of skills) {
        for (const { id } of this.statements.idsIn.all(from, skill)) {
          this.statements.move.run(to, this.reserveSequence(), String(id));
        }
      }
    });
  }

  protected report(id: string, state: 'started' | 'finished', traceparent?: string): void {
    const run = this.get(id);
    if (run !== undefined) this.#outbox.add(toReport(run, state, run.sequence, traceparent));
  }
}

function columns({ reason, exitCode, signal, output }: Omit<AttemptResult, 'attempt'>) {
  return [reason?.slice(0, maxReason) ?? null, exitCode, signal, output?.slice(-maxOutput) ?? null] as const;
}
