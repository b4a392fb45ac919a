/**
 * The log of each session: one sequence of offsets without a gap, made of what is stored for this session alone (its messages, and the
 * events that were meant for it) and of the shared events, which are merged in when the log is read. A span says from which offset on
 * which events follow; so ten thousand sessions that want an event cost one row, and its offset in each of them is still fixed from
 * the moment that it is on disk. Callers own the transaction.
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventLog } from './event-log.ts';

export interface LogEntry {
  readonly session: string;
  readonly offset: number;
  /** When it was written, Unix ms. */
  readonly at: number;
  readonly kind: 'message' | 'event';
  /** The client's id of the message, the gateway's id of the event. */
  readonly id: string;
  readonly bodyJson: string;
  readonly traceparent?: string | null;
}

/** Event `seq + n` has offset `offset + n`, until the next span; with `seq` null no events follow. */
interface Span {
  readonly offset: number;
  readonly seq: number | null;
  /** Events of the span before end with this one. */
  readonly ends: number;
}

export interface Appended {
  readonly entry: LogEntry;
  readonly extent: LogExtent;
}

/** A session's log as it is after an entry was written. */
export interface LogExtent {
  readonly offset: number;
  readonly seq: number | null;
  readonly stored: number;
  readonly bytes: number;
  readonly floor: number;
  readonly floor_bytes: number;
}

const pageEntries = 1000;

export class Log {
  readonly #events: EventLog;
  readonly #advance: StatementSync;
  readonly #insert: StatementSync;
  readonly #remember: StatementSync;
  readonly #recall: StatementSync;
  readonly #rows: StatementSync;
  readonly #spans: StatementSync;
  readonly #dropSpan: StatementSync;
  readonly #setSpan: StatementSync;

  constructor(db: DatabaseSync, events: EventLog) {
    this.#events = events;
    this.#advance = db.prepare(
      `UPDATE sessions SET
         offset = offset + 1 + coalesce((SELECT head FROM event_log) - seq, 0),
         seq = CASE WHEN seq IS NULL THEN NULL ELSE (SELECT head FROM event_log) END,
         stored = stored + 1,
         bytes = bytes + ?
       WHERE id = ? RETURNING offset, seq, stored, bytes, floor, floor_bytes`,
    );
    this.#insert = db.prepare(
      'INSERT INTO entries (session, offset, at, kind, id, body, end_bytes, traceparent) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#remember = db.prepare('INSERT INTO message_ids (session, id, offset) VALUES (?, ?, ?)');
    this.#recall = db.prepare('SELECT offset FROM message_ids WHERE session = ? AND id = ?');
    this.#rows = db.prepare(
      'SELECT offset, at, kind, id, body, traceparent FROM entries WHERE session = ? AND offset > ? ORDER BY offset',
    );
    this.#spans = db.prepare(
      `SELECT offset, seq, ends FROM spans WHERE session = ?1 AND offset >= coalesce(
         (SELECT max(offset) FROM spans WHERE session = ?1 AND offset <= ?2), 0) ORDER BY offset`,
    );
    this.#dropSpan = db.prepare('DELETE FROM spans WHERE session = ?1 AND offset = ?2 AND seq = ?3 AND ends = ?3');
    this.#setSpan = db.prepare(
      `INSERT INTO spans (session, offset, seq, ends) VALUES (?1, ?2, ?3, (SELECT head FROM event_log))
       ON CONFLICT (session, offset) DO UPDATE SET seq = ?3`,
    );
  }

  /** Offset at which this message was stored before, if it was. */
  offsetOf(session: string, messageId: string): number | undefined {
    return (this.#recall.get(session, messageId) as { offset: number } | undefined)?.offset;
  }

  remember(session: string, messageId: string, offset: number): void {
    this.#remember.run(session, messageId, offset);
  }

  /** Undefined if there is no such session. */
  append(entry: Omit<LogEntry, 'offset'>): Appended | undefined {
    const { session, at, kind, id, bodyJson, traceparent = null } = entry;
    const extent = this.#advance.get(Buffer.byteLength(bodyJson), session) as unknown as LogExtent | undefined;
    if (extent === undefined) return undefined;
    const { offset, seq, bytes } = extent;
    this.#insert.run(session, offset, at, kind, id, bodyJson, bytes, traceparent);
    // Without an event in between the span before is empty; so there are no more spans than changes between the two kinds of rows.
    if (seq !== null) {
      this.#dropSpan.run(session, offset - 1, seq);
      this.#setSpan.run(session, offset, seq);
    }
    return { entry: { ...entry, offset }, extent };
  }

  /** From `offset` on the events after `seq` follow; null: none. */
  startSpan(session: string, offset: number, seq: number | null): void {
    this.#setSpan.run(session, offset, seq);
  }

  /** Entries after an offset, oldest first, until their bodies exceed `maxBytes`; empty only at the end of the log. */
  page(session: string, after: number, maxBytes: number, maxEntries = pageEntries): LogEntry[] {
    const entries: LogEntry[] = [];
    let bytes = 0;
    for (const entry of this.#walk(session, after)) {
      entries.push(entry);
      bytes += entry.bodyJson.length;
      if (bytes >= maxBytes || entries.length >= maxEntries) break;
    }
    return entries;
  }

  *#walk(session: string, after: number): Generator<LogEntry> {
    const spans = new Peekable(this.#spans.iterate(session, after) as Iterator<unknown> as Iterator<Span>);
    let at = after;
    for (const row of this.#rows.iterate(session, after)) {
      const { body, ...rest } = row as unknown as Omit<LogEntry, 'session' | 'bodyJson'> & { readonly body: string };
      yield* this.#eventsWithin(session, spans, at, rest.offset - 1);
      yield { ...rest, session, bodyJson: body };
      at = rest.offset;
    }
    yield* this.#eventsWithin(session, spans, at, Number.POSITIVE_INFINITY);
  }

  /** The shared events at offsets `after < offset ≤ upTo`. */
  *#eventsWithin(session: string, spans: Peekable<Span>, after: number, upTo: number): Generator<LogEntry> {
    while (spans.current !== undefined && spans.current.offset <= upTo) {
      const { offset, seq } = spans.current;
      const { next } = spans;
      if (seq !== null) {
        const from = seq + Math.max(0, after - offset);
        const to = Math.min(seq + upTo - offset, next?.ends ?? Number.MAX_SAFE_INTEGER);
        for (const event of this.#events.between(from, to)) {
          const { at, id, bodyJson, traceparent } = event;
          yield { session, offset: offset + event.seq - seq, at, kind: 'event', id, bodyJson, traceparent };
        }
      }
      if (next === undefined || next.offset > upTo) return;
      spans.advance();
    }
  }
}

/** An iterator whose next value can be looked at. */
class Peekable<T> {
  current: T | undefined;
  next: T | undefined;
  readonly #source: Iterator<T>;

  constructor(source: Iterator<T>) {
    this.#source = source;
    this.current = this.#pull();
    this.next = this.#pull();
  }

  advance(): void {
    this.current = this.next;
    this.next = this.#pull();
  }

  #pull(): T | undefined {
    const { done, value } = this.#source.next();
    return done ? undefined : value;
  }
}
