/** The gateway's events as one log that all sessions share: however many want an event, it is written once. Callers own the transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Limits } from '../limits.ts';

export interface SharedEvent {
  /** Ours, without a gap; the gateway's own ids start anew when it loses its log. */
  readonly seq: number;
  /** When it was written, Unix ms. */
  readonly at: number;
  /** The gateway's id. */
  readonly id: string;
  readonly bodyJson: string;
  readonly traceparent: string | null;
}

interface Extent {
  readonly head: number;
  readonly floor: number;
  readonly bytes: number;
  readonly floor_bytes: number;
}

/** Trimming is done a tenth of the log at a time, not at every event. */
const slack = 1.1;

export class EventLog {
  readonly #limits: Limits;
  readonly #extent: StatementSync;
  readonly #advance: StatementSync;
  readonly #insert: StatementSync;
  readonly #between: StatementSync;
  readonly #fittingBefore: StatementSync;
  readonly #olderThan: StatementSync;
  readonly #drop: StatementSync;
  readonly #setFloor: StatementSync;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#limits = limits;
    this.#extent = db.prepare('SELECT head, floor, bytes, floor_bytes FROM event_log');
    this.#advance = db.prepare(
      'UPDATE event_log SET head = head + 1, bytes = bytes + ? RETURNING head, floor, bytes, floor_bytes',
    );
    this.#insert = db.prepare(
      'INSERT INTO events (seq, at, id, body, end_bytes, traceparent) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#between = db.prepare(
      'SELECT seq, at, id, body, traceparent FROM events WHERE seq > ? AND seq <= ? ORDER BY seq',
    );
    this.#fittingBefore = db.prepare('SELECT seq FROM events WHERE end_bytes <= ? ORDER BY seq DESC LIMIT 1');
    this.#olderThan = db.prepare('SELECT max(seq) AS seq FROM events WHERE at < ?');
    this.#drop = db.prepare('DELETE FROM events WHERE seq <= ?');
    this.#setFloor = db.prepare(
      'UPDATE event_log SET floor = ?1, floor_bytes = coalesce((SELECT end_bytes FROM events WHERE seq = ?1), floor_bytes)',
    );
  }

  /** Seq of the newest event; 0 for none. */
  get head(): number {
    return this.#read().head;
  }

  /** Seq of the newest event that was trimmed; 0 for none. */
  get floor(): number {
    return this.#read().floor;
  }

  append(event: Omit<SharedEvent, 'seq'>): SharedEvent {
    const extent = this.#advance.get(Buffer.byteLength(event.bodyJson)) as unknown as Extent;
    this.#insert.run(extent.head, event.at, event.id, event.bodyJson, extent.bytes, event.traceparent);
    this.#trimBySize(extent);
    return { ...event, seq: extent.head };
  }

  /** Events of `after < seq ≤ upTo`, oldest first; those trimmed are left out. */
  *between(after: number, upTo: number): Generator<SharedEvent> {
    for (const row of this.#between.iterate(after, upTo)) {
      const { body, ...rest } = row as unknown as Omit<SharedEvent, 'bodyJson'> & { readonly body: string };
      yield { ...rest, bodyJson: body };
    }
  }

  dropOlderThan(at: number): void {
    const seq = (this.#olderThan.get(at) as { seq: number | null }).seq;
    if (seq !== null) this.#trim(seq);
  }

  #trimBySize({ head, floor, bytes, floor_bytes }: Extent): void {
    const { events, eventBytes } = this.#limits;
    if (head - floor <= events * slack && bytes - floor_bytes <= eventBytes * slack) return;
    const fitting = (this.#fittingBefore.get(bytes - eventBytes) as { seq: number } | undefined)?.seq ?? 0;
    this.#trim(Math.min(Math.max(head - events, fitting), head - 1));
  }

  #trim(seq: number): void {
    if (seq <= this.floor) return;
    this.#setFloor.run(seq);
    this.#drop.run(seq);
  }

  #read(): Extent {
    return this.#extent.get() as unknown as Extent;
  }
}
