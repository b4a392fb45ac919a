/** How much of a session's log is kept: by number and bytes of what is stored for it alone, and by age. Callers own the transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Limits } from '../limits.ts';
import type { LogExtent } from './log.ts';

/** Trimming is done a tenth of the log at a time, not at every entry. */
const slack = 1.1;

export class Retention {
  readonly #limits: Limits;
  readonly #byNumber: StatementSync;
  readonly #byBytes: StatementSync;
  readonly #byAge: StatementSync;
  readonly #aged: StatementSync;
  readonly #waiting: StatementSync;
  readonly #setFloor: StatementSync;
  readonly #dropEntries: StatementSync;
  readonly #dropSpans: StatementSync;
  readonly #dropIds: StatementSync;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#limits = limits;
    this.#byNumber = db.prepare('SELECT offset FROM entries WHERE session = ? ORDER BY offset DESC LIMIT 1 OFFSET ?');
    // From the old end, a tenth of the log: what is behind a body is read through it.
    this.#byBytes = db.prepare(
      `SELECT max(offset) AS offset FROM entries WHERE session = ?1 AND offset < (
         SELECT offset FROM entries WHERE session = ?1 AND end_bytes > ?2 ORDER BY offset LIMIT 1)`,
    );
    this.#byAge = db.prepare('SELECT max(offset) AS offset FROM entries WHERE session = ? AND at < ?');
    this.#aged = db.prepare('SELECT DISTINCT session FROM entries WHERE at < ?');
    this.#waiting = db.prepare('SELECT min(offset) AS offset FROM outbox WHERE session = ?');
    this.#setFloor = db.prepare(
      `UPDATE sessions SET floor = ?1, floor_bytes = coalesce(
         (SELECT end_bytes FROM entries WHERE session = ?2 AND offset <= ?1 ORDER BY offset DESC LIMIT 1), floor_bytes)
       WHERE id = ?2 AND floor < ?1`,
    );
    this.#dropEntries = db.prepare('DELETE FROM entries WHERE session = ? AND offset <= ?');
    this.#dropSpans = db.prepare(
      'DELETE FROM spans WHERE session = ?1 AND offset < (SELECT max(offset) FROM spans WHERE session = ?1 AND offset <= ?2)',
    );
    this.#dropIds = db.prepare('DELETE FROM message_ids WHERE session = ? AND offset <= ?');
  }

  /** To be called after each entry that was stored; the newest is always kept. */
  trim(session: string, extent: LogExtent): void {
    const { entriesPerSession, logBytesPerSession, messageIdSpan } = this.#limits;
    const { offset, stored, bytes, floor_bytes } = extent;
    const tooMany = stored % Math.ceil(entriesPerSession * (slack - 1)) === 0 && stored > entriesPerSession * slack;
    if (!tooMany && bytes - floor_bytes <= logBytesPerSession * slack) return;
    const byNumber = offsetIn(this.#byNumber.get(session, entriesPerSession));
    const byBytes = offsetIn(this.#byBytes.get(session, bytes - logBytesPerSession));
    this.#drop(session, Math.min(Math.max(byNumber, byBytes), offset - 1));
    this.#dropIds.run(session, offset - messageIdSpan);
  }

  /** Drops what was written before `at` (Unix ms). */
  dropOlderThan(at: number): void {
    for (const { session } of this.#aged.all(at)) {
      this.#drop(String(session), offsetIn(this.#byAge.get(String(session), at)));
    }
  }

  /** What the gateway does not have yet stays. */
  #drop(session: string, wanted: number): void {
    const waiting = offsetIn(this.#waiting.get(session));
    const floor = waiting === 0 ? wanted : Math.min(wanted, waiting - 1);
    if (floor <= 0) return;
    this.#setFloor.run(floor, session);
    this.#dropEntries.run(session, floor);
    this.#dropSpans.run(session, floor);
  }
}

function offsetIn(row: Record<string, unknown> | undefined): number {
  return Number(row?.offset ?? 0);
}
