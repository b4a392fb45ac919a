/**
 * The reports that the gateway has not confirmed: on disk, in order. At most 10,000 of them carry detail: beyond that the oldest `started`
 * reports are dropped first, then the oldest finished ones lose reason and output. An outcome is never dropped: one row of a few hundred
 * bytes a run, so that a million runs with no gateway take some 300 MB.
 */
import type { RunReport } from '../../layer/wire.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { DeliveryResult, Totals } from './totals.ts';

const maxDetailed = 10_000;

type Kind = 'started' | 'finished' | 'outcome';

export class OutboxStore {
  readonly #file: LedgerFile;
  readonly #totals: Totals;
  readonly #add;
  readonly #next;
  readonly #remove;
  readonly #oldest;
  readonly #replace;
  readonly #pending: Record<Kind, number> = { started: 0, finished: 0, outcome: 0 };
  #wake = Promise.withResolvers<void>();

  constructor(file: LedgerFile, totals: Totals) {
    this.#file = file;
    this.#totals = totals;
    const { db } = file;
    this.#add = db.prepare('INSERT OR REPLACE INTO outbox (sequence, report, kind) VALUES (?, ?, ?)');
    this.#next = db.prepare('SELECT sequence, report FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?');
    this.#remove = db.prepare('DELETE FROM outbox WHERE sequence = ? RETURNING kind');
    this.#oldest = db.prepare('SELECT sequence, report FROM outbox WHERE kind = ? ORDER BY sequence LIMIT 1');
    this.#replace = db.prepare("UPDATE outbox SET report = ?, kind = 'outcome' WHERE sequence = ?");
    for (const row of db.prepare('SELECT kind, count(*) AS reports FROM outbox GROUP BY kind').all()) {
      this.#pending[row.kind as Kind] = Number(row.reports);
    }
  }

  get pending(): number {
    return this.#pending.started + this.#pending.finished + this.#pending.outcome;
  }

  /** Within the caller's write. */
  add(report: RunReport): void {
    this.#file.write(() => {
      const kind = kindOf(report);
      this.#add.run(report.sequence, JSON.stringify(report), kind);
      this.#change(kind, 1);
      if (this.#pending.started + this.#pending.finished > maxDetailed) this.#shed();
      this.#file.onceCommitted(() => {
        this.#wake.resolve();
        this.#wake = Promise.withResolvers<void>();
      });
    });
  }

  /** Resolves at the next {@link add}. */
  added(): Promise<void> {
    return this.#wake.promise;
  }

  after(sequence: number, limit: number): RunReport[] {
    return this.#next.all(sequence, limit).map(({ report }) => JSON.parse(String(report)) as RunReport);
  }

  /** Takes away reports that are settled, and counts how. */
  settle(settled: readonly { readonly sequence: number; readonly result: DeliveryResult }[]): void {
    if (settled.length === 0) return;
    this.#file.write(() => {
      for (const { sequence, result } of settled) {
        this.#takeAway(sequence);
        this.#totals.deliveries(result, 1);
      }
    });
  }

  /** Drops the detail that is worth least. */
  #shed(): void {
    const started = this.#oldest.get('started');
    if (started !== undefined) {
      this.#takeAway(Number(started.sequence));
      this.#totals.deliveries('dropped', 1);
      return;
    }
    const finished = this.#oldest.get('finished');
    if (finished === undefined) return;
    const { reason: _reason, output: _output, ...outcome } = JSON.parse(String(finished.report));
    this.#replace.run(JSON.stringify(outcome), Number(finished.sequence));
    this.#change('finished', -1);
    this.#change('outcome', 1);
    this.#totals.stripped(1);
  }

  #takeAway(sequence: number): void {
    const kind = this.#remove.get(sequence)?.kind;
    if (kind !== undefined) this.#change(kind as Kind, -1);
  }

  #change(kind: Kind, by: number): void {
    this.#pending[kind] += by;
    this.#file.ifRolledBack(() => {
      this.#pending[kind] -= by;
    });
  }
}

function kindOf(report: RunReport): Kind {
  if (report.state === 'started') return 'started';
  return report.reason == null && report.output == null ? 'outcome' : 'finished';
}
