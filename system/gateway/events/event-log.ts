/**
 * The gateway's durable events: ids grow by one, over restarts too. A new log (the old one was lost) begins at the present Unix ms, so
 * beyond any id that the old one can have given: a reader's cursor never means another event than the one it was for.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { GatewayEvent } from '../../layer/wire.ts';

export class EventLog {
  readonly #kept: number;
  readonly #statements;

  constructor(db: DatabaseSync, kept: number) {
    this.#kept = kept;
    this.#statements = {
      append: db.prepare('INSERT INTO event (body) VALUES (?)'),
      begin: db.prepare('INSERT INTO event (id, body) VALUES (?, ?)'),
      after: db.prepare('SELECT id, body FROM event WHERE id > ? ORDER BY id LIMIT ?'),
      ends: db.prepare('SELECT (SELECT min(id) FROM event) AS oldest, (SELECT max(id) FROM event) AS newest'),
      trim: db.prepare('DELETE FROM event WHERE id <= ?'),
    };
  }

  /** To be called inside the transaction that makes it true. */
  append(event: Omit<GatewayEvent, 'id'>, now = Date.now()): void {
    const body = JSON.stringify(event);
    const { append, begin, trim } = this.#statements;
    const made = this.newest() === 0 ? begin.run(Math.max(1, now), body) : append.run(body);
    const id = Number(made.lastInsertRowid);
    // Now and then is enough: the limit is there to bound the file.
    if (id % 100 === 0) trim.run(id - this.#kept);
  }

  /** Oldest first. */
  after(id: number, limit: number): GatewayEvent[] {
    const rows = this.#statements.after.all(id, limit) as unknown as { id: number; body: string }[];
    return rows.map((row) => ({ id: row.id, ...(JSON.parse(row.body) as Omit<GatewayEvent, 'id'>) }));
  }

  /** 0 if there is none. */
  newest(): number {
    return Number(this.#statements.ends.get()?.newest ?? 0);
  }

  /** 0 if there is none. */
  oldest(): number {
    return Number(this.#statements.ends.get()?.oldest ?? 0);
  }
}
