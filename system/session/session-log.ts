/** The logs of all sessions as tables: entries with contiguous offsets per session, trimmed from the old end. Callers own the transaction. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Limits } from './limits.ts';

export interface LogEntry {
  readonly session: string;
  readonly offset: number;
  /** When it was written, Unix ms. */
  readonly at: number;
  readonly kind: 'message' | 'event';
  /** The client's id of the message, the gateway's id of the event. */
  readonly id: string;
  readonly bodyJson: string;
}

export const migrations = [
  `CREATE TABLE sessions (
     id TEXT PRIMARY KEY,
     epoch TEXT NOT NULL,
     kind TEXT NOT NULL,
     events TEXT NOT NULL,
     offset INTEGER NOT NULL DEFAULT 0,
     floor INTEGER NOT NULL DEFAULT 0,
     bytes INTEGER NOT NULL DEFAULT 0,
     floor_bytes INTEGER NOT NULL DEFAULT 0,
     seen_at INTEGER NOT NULL
   ) STRICT;
   CREATE INDEX sessions_by_events ON sessions (events);
   CREATE INDEX sessions_by_seen ON sessions (seen_at);
   CREATE TABLE entries (
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     offset INTEGER NOT NULL,
     at INTEGER NOT NULL,
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     body TEXT NOT NULL,
     end_bytes INTEGER NOT NULL,
     PRIMARY KEY (session, offset)
   ) STRICT;
   CREATE TABLE message_ids (
     session TEXT NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
     id TEXT NOT NULL,
     offset INTEGER NOT NULL,
     PRIMARY KEY (session, id)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE gateway_cursor (one INTEGER PRIMARY KEY CHECK (one = 1), event INTEGER NOT NULL) STRICT;
   INSERT INTO gateway_cursor VALUES (1, 0);
   CREATE TABLE gateway_link (one INTEGER PRIMARY KEY CHECK (one = 1), attempts INTEGER NOT NULL, issues INTEGER NOT NULL) STRICT;
   INSERT INTO gateway_link VALUES (1, 0, 0);`,
] as const;

interface Extent {
  readonly offset: number;
  readonly floor: number;
  readonly bytes: number;
  readonly floor_bytes: number;
}

/** Trimming is done a tenth of the log at a time, not at every entry. */
const slack = 1.1;

export class SessionLog {
  readonly #limits: Limits;
  readonly #advance: StatementSync;
  readonly #insert: StatementSync;
  readonly #remember: StatementSync;
  readonly #recall: StatementSync;
  readonly #page: StatementSync;
  readonly #endBefore: StatementSync;
  readonly #dropEntries: StatementSync;
  readonly #dropIds: StatementSync;
  readonly #setFloor: StatementSync;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#limits = limits;
    this.#advance = db.prepare(
      'UPDATE sessions SET offset = offset + 1, bytes = bytes + ? WHERE id = ? RETURNING offset, floor, bytes, floor_bytes',
    );
    this.#insert = db.prepare(
      'INSERT INTO entries (session, offset, at, kind, id, body, end_bytes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
    this.#remember = db.prepare('INSERT INTO message_ids (session, id, offset) VALUES (?, ?, ?)');
    this.#recall = db.prepare('SELECT offset FROM message_ids WHERE session = ? AND id = ?');
    this.#page = db.prepare(
      'SELECT offset, at, kind, id, body FROM entries WHERE session = ? AND offset > ? ORDER BY offset',
    );
    this.#endBefore = db.prepare(
      'SELECT offset FROM entries WHERE session = ? AND end_bytes <= ? ORDER BY offset DESC LIMIT 1',
    );
    this.#dropEntries = db.prepare('DELETE FROM entries WHERE session = ? AND offset <= ?');
    this.#dropIds = db.prepare('DELETE FROM message_ids WHERE session = ? AND offset <= ?');
    this.#setFloor = db.prepare(
      'UPDATE sessions SET floor = ?1, floor_bytes = coalesce((SELECT end_bytes FROM entries WHERE session = ?2 AND offset = ?1), floor_bytes) WHERE id = ?2',
    );
  }

  /** Offset at which this message was stored before, if it was. */
  offsetOf(session: string, messageId: string): number | undefined {
    return (this.#recall.get(session, messageId) as { offset: number } | undefined)?.offset;
  }

  append(entry: Omit<LogEntry, 'offset'>): LogEntry {
    const { session, at, kind, id, bodyJson } = entry;
    const extent = this.#advance.get(Buffer.byteLength(bodyJson), session) as unknown as Extent | undefined;
    if (extent === undefined) throw new Error(`session ${session} is not in the store`);
    this.#insert.run(session, extent.offset, at, kind, id, bodyJson, extent.bytes);
    if (kind === 'message') this.#remember.run(session, id, extent.offset);
    this.#trim(session, extent);
    return { ...entry, offset: extent.offset };
  }

  /** Entries after an offset, oldest first, until their bodies exceed `maxBytes`; empty only at the end of the log. */
  page(session: string, after: number, maxBytes: number): LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const row of this.#page.iterate(session, after)) {
      const { body, ...rest } = row as unknown as Omit<LogEntry, 'session' | 'bodyJson'> & { body: string };
      entries.push({ ...rest, session, bodyJson: body });
      bytes += body.length;
      if (bytes >= maxBytes || entries.length >= 1000) break;
    }
    return entries;
  }

  #trim(session: string, { offset, floor, bytes, floor_bytes }: Extent): void {
    const { entriesPerSession, logBytesPerSession, messageIdSpan } = this.#limits;
    if (offset - floor <= entriesPerSession * slack && bytes - floor_bytes <= logBytesPerSession * slack) return;
    const byBytes =
      (this.#endBefore.get(session, bytes - logBytesPerSession) as { offset: number } | undefined)?.offset ?? 0;
    const newFloor = Math.min(Math.max(floor, offset - entriesPerSession, byBytes), offset - 1);
    this.#setFloor.run(newFloor, session);
    this.#dropEntries.run(session, newFloor);
    this.#dropIds.run(session, offset - messageIdSpan);
  }
}
