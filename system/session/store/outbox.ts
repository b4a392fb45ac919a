/** Messages that the gateway does not have yet, over all sessions in the order in which they were stored. Callers own the transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Limits } from '../limits.ts';

export interface Waiting {
  /** Its place in the queue. */
  readonly n: number;
  readonly session: string;
  readonly epoch: string;
  readonly offset: number;
  readonly at: number;
  readonly id: string;
  readonly bodyJson: string;
  readonly traceparent: string | null;
}

interface Place {
  readonly n: number;
  /** Bodies up to this one, since the queue was last empty. */
  readonly end_bytes: number;
}

export class Outbox {
  readonly #limits: Limits;
  readonly #insert: StatementSync;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #count: StatementSync;
  readonly #countOf: StatementSync;
  readonly #counts: StatementSync;
  readonly #first: StatementSync;
  readonly #last: StatementSync;
  readonly #drop: StatementSync;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#limits = limits;
    this.#insert = db.prepare(
      `INSERT INTO outbox (session, offset, end_bytes)
       VALUES (?, ?, ? + coalesce((SELECT end_bytes FROM outbox ORDER BY n DESC LIMIT 1), 0))`,
    );
    this.#oldest = db.prepare(
      `SELECT n, o.session, epoch, o.offset, at, e.id, body AS bodyJson, traceparent
       FROM outbox o JOIN sessions s ON s.id = o.session JOIN entries e ON e.session = o.session AND e.offset = o.offset
       ORDER BY n`,
    );
    this.#remove = db.prepare('DELETE FROM outbox WHERE n = ?');
    this.#count = db.prepare('SELECT count(*) AS n FROM outbox');
    this.#countOf = db.prepare('SELECT count(*) AS n FROM outbox WHERE session = ?');
    this.#counts = db.prepare('SELECT session, count(*) AS n FROM outbox GROUP BY session');
    this.#first = db.prepare('SELECT n, end_bytes FROM outbox ORDER BY n LIMIT 1');
    this.#last = db.prepare('SELECT n, end_bytes FROM outbox ORDER BY n DESC LIMIT 1');
    this.#drop = db.prepare('DELETE FROM outbox WHERE n <= ? OR (n < ? AND end_bytes <= ?)');
  }

  /** Returns how many of the oldest were given up for it: those stay in their logs, but the gateway never gets them. */
  add(session: string, offset: number, bytes: number): number {
    this.#insert.run(session, offset, bytes);
    const first = this.#first.get() as unknown as Place;
    const last = this.#last.get() as unknown as Place;
    const { undelivered, undeliveredBytes } = this.#limits;
    const isWithin = last.n - first.n < undelivered && last.end_bytes - first.end_bytes <= undeliveredBytes;
    if (isWithin) return 0;
    return Number(this.#drop.run(last.n - undelivered, last.n, last.end_bytes - undeliveredBytes).changes);
  }

  /** The oldest ones, at most so many, until their bodies exceed `maxBytes`; at least one unless there is none. */
  oldest(maxMessages: number, maxBytes: number): Waiting[] {
    const batch: Waiting[] = [];
    let bytes = 0;
    for (const row of this.#oldest.iterate()) {
      const waiting = row as unknown as Waiting;
      bytes += Buffer.byteLength(waiting.bodyJson);
      if (batch.length > 0 && bytes > maxBytes) break;
      batch.push(waiting);
      if (batch.length >= maxMessages) break;
    }
    return batch;
  }

  remove(batch: readonly Waiting[]): void {
    for (const { n } of batch) this.#remove.run(n);
  }

  size(): number {
    return Number(this.#count.get()?.n);
  }

  sizeOf(session: string): number {
    return Number(this.#countOf.get(session)?.n);
  }

  /** How many wait, by session; those without any are left out. */
  sizes(): ReadonlyMap<string, number> {
    return new Map(this.#counts.all().map(({ session, n }) => [String(session), Number(n)]));
  }
}
