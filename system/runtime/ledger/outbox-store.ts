/** The reports that the gateway has not confirmed: on disk, in order, bounded. */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../layer/database.ts';
import type { RunReport } from '../../layer/wire.ts';
import type { DeliveryResult, Totals } from './totals.ts';

const maxPending = 10_000;

export class OutboxStore {
  readonly #db: DatabaseSync;
  readonly #totals: Totals;
  readonly #add;
  readonly #next;
  readonly #remove;
  readonly #dropOldest;
  #pending: number;
  #wake = Promise.withResolvers<void>();

  constructor(db: DatabaseSync, totals: Totals) {
    this.#db = db;
    this.#totals = totals;
    this.#add = db.prepare('INSERT OR REPLACE INTO outbox VALUES (?, ?)');
    this.#next = db.prepare('SELECT sequence, report FROM outbox WHERE sequence > ? ORDER BY sequence LIMIT ?');
    this.#remove = db.prepare('DELETE FROM outbox WHERE sequence = ?');
    this.#dropOldest = db.prepare('DELETE FROM outbox WHERE sequence = (SELECT min(sequence) FROM outbox)');
    this.#pending = Number(db.prepare('SELECT count(*) AS pending FROM outbox').get()?.pending);
  }

  get pending(): number {
    return this.#pending;
  }

  /** Within the caller's transaction. When full, the oldest report goes: the newest are worth more. */
  add(report: RunReport): void {
    this.#add.run(report.sequence, JSON.stringify(report));
    if (this.#pending < maxPending) this.#pending += 1;
    else {
      this.#dropOldest.run();
      this.#totals.deliveries('dropped', 1);
    }
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }

  /** Resolves at the next {@link add}. */
  added(): Promise<void> {
    return this.#wake.promise;
  }

  after(sequence: number, limit: number): RunReport[] {
    return this.#next.all(sequence, limit).map((row) => JSON.parse(String(row.report)) as RunReport);
  }

  /** Takes away reports that are settled, and counts how. */
  settle(settled: readonly { readonly sequence: number; readonly result: DeliveryResult }[]): void {
    if (settled.length === 0) return;
    transaction(this.#db, () => {
      for (const { sequence, result } of settled) {
        this.#pending -= Number(this.#remove.run(sequence).changes);
        this.#totals.deliveries(result, 1);
      }
    });
  }
}
