/** The gateway's durable events: ids grow by one, over restarts too. */
import type { DatabaseSync } from 'node:sqlite';
import type { GatewayEvent } from '../layer/wire.ts';

export class EventLog {
  readonly #kept: number;
  readonly #append;
  readonly #after;
  readonly #newest;
  readonly #trim;

  constructor(db: DatabaseSync, kept: number) {
    this.#kept = kept;
    this.#append = db.prepare('INSERT INTO event (body) VALUES (?)');
    this.#after = db.prepare('SELECT id, body FROM event WHERE id > ? ORDER BY id LIMIT ?');
    this.#newest = db.prepare('SELECT max(id) AS id FROM event');
    this.#trim = db.prepare('DELETE FROM event WHERE id <= ?');
  }

  /** To be called inside the transaction that makes it true. */
  append(event: Omit<GatewayEvent, 'id'>): void {
    const id = Number(this.#append.run(JSON.stringify(event)).lastInsertRowid);
    // Now and then is enough: the limit is there to bound the file.
    if (id % 100 === 0) this.#trim.run(id - this.#kept);
  }

  /** Oldest first. */
  after(id: number, limit: number): GatewayEvent[] {
    const rows = this.#after.all(id, limit) as unknown as { id: number; body: string }[];
    return rows.map((row) => ({ id: row.id, ...(JSON.parse(row.body) as Omit<GatewayEvent, 'id'>) }));
  }

  /** 0 if there is none. */
  newest(): number {
    return Number(this.#newest.get()?.id ?? 0);
  }
}
