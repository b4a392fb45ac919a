/** What can be asked of the ledger. */
import type { LedgerFile } from './ledger-file.ts';
import type { LedgerRow, MissedRow, QueuedRun, RunState } from './ledger-row.ts';
import { toLedgerRow, toMissed, toRun } from './ledger-row-mapping.ts';
import { prepare } from './ledger-statements.ts';

export interface RunFilter {
  readonly skill?: string | undefined;
  readonly state?: RunState | undefined;
}

export class LedgerReader {
  protected readonly file: LedgerFile;
  protected readonly statements;

  constructor(file: LedgerFile) {
    this.file = file;
    this.statements = prepare(file.db);
  }

  get(id: string): QueuedRun | undefined {
    return toRun(this.statements.get.get(id));
  }

  /**
   * The claimed run of the skill whose turn it is: the oldest of those that came about otherwise than the last one did, else the
   * oldest. So a slot never waits for a queue of requests, nor a request for a queue of slots that are caught up.
   * Runs whose `notBefore` has not come are passed over.
   */
  next(skill: string, last: QueuedRun['trigger'] = 'request', now = Date.now()): QueuedRun | undefined {
    const of = (trigger: QueuedRun['trigger']) => toRun(this.statements.next.get(skill, trigger, now, now));
    return last === 'request' ? (of('schedule') ?? of('request')) : (of('request') ?? of('schedule'));
  }

  /** When the first of the runs that wait for their time may start; null: none waits. After a clock was set back it may be long past due. */
  nextNotBefore(): number | null {
    const at = this.statements.nextNotBefore.get()?.at;
    return at == null ? null : Number(at);
  }

  /** Deferred, claimed and running runs of the skill's schedule, oldest first. */
  open(skill: string): QueuedRun[] {
    return this.statements.open.all(skill).flatMap((row) => toRun(row) ?? []);
  }

  /** Runs that are not finished. */
  inState(state: Exclude<RunState, 'finished'>): QueuedRun[] {
    return this.statements.inState.all(state).flatMap((row) => toRun(row) ?? []);
  }

  /** Requests that are not finished. */
  openRequests(): number {
    return Number(this.statements.openRequests.get()?.open);
  }

  /** Claimed runs that have not begun, by skill. */
  queued(): Map<string, number> {
    return new Map(this.statements.queued.all().map((row) => [String(row.skill), Number(row.runs)]));
  }

  /** Runs that wait for what their skill requires, by skill. */
  deferred(): Map<string, number> {
    return new Map(this.statements.deferred.all().map((row) => [String(row.skill), Number(row.runs)]));
  }

  /** The skill's run that finished last. */
  latest(skill: string): QueuedRun | undefined {
    return toRun(this.statements.latestOf.get(skill));
  }

  /** Rows changed after `since`, in the order of their changes. */
  changes(since: number, limit: number, { skill, state }: RunFilter = {}): LedgerRow[] {
    const { changes, changesOf, changesOpen, changesFinished } = this.statements;
    const rows =
      skill !== undefined
        ? changesOf.all(skill, since, state ?? null, state ?? null, limit)
        : state === undefined
          ? changes.all(since, limit)
          : state === 'finished'
            ? changesFinished.all(since, limit)
            : changesOpen.all(state, since, limit);
    return rows.flatMap((row) => toRun(row) ?? []).map(toLedgerRow);
  }

  /** Slots without a run recorded after `since`, in the order in which they were recorded. */
  missed(since: number, limit: number, skill?: string): MissedRow[] {
    const { missed, missedOf } = this.statements;
    return (skill === undefined ? missed.all(since, limit) : missedOf.all(skill, since, limit)).map(toMissed);
  }

  /** Skills whose slots are accounted for. */
  accounts(): string[] {
    return this.statements.accounts.all().map(({ skill }) => String(skill));
  }

  /**
   * Since when, and up to which time at the latest, the skill's slots have ever been accounted for; after a clock was set back, one or both
   * are in the future.
   */
  reach(skill: string): { readonly openedAt: number; readonly furthest: number } {
    const row = this.statements.reach.get(skill);
    return { openedAt: Number(row?.opened_at ?? 0), furthest: Number(row?.furthest ?? 0) };
  }

  /** Undefined: no schedule of the skill is known. */
  accountedUntil(skill: string): number | undefined {
    return this.account(skill)?.until;
  }

  /** Whether the slot of an account, up to its {@link reach}, has had a run, be it that its row is forgotten by now. */
  hasRun(skill: string, dueAt: number): boolean {
    const { get, isBeforeAccount, isMissed } = this.statements;
    if (get.get(`${skill}@${dueAt}`) !== undefined) return true;
    return isBeforeAccount.get(skill, dueAt) === undefined && isMissed.get(skill, dueAt) === undefined;
  }

  protected account(skill: string): { readonly schedule: string; readonly until: number } | undefined {
    const row = this.statements.account.get(skill);
    return row && { schedule: String(row.schedule), until: Number(row.accounted_until) };
  }

  protected fact(name: string): string | undefined {
    const value = this.statements.fact.get(name)?.value;
    return value == null ? undefined : String(value);
  }
}
