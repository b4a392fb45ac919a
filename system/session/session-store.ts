/** The durable state of the session layer: sessions, their logs, and how far the gateway's events were taken over. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from '../layer/database.ts';
import type { LinkCounts } from '../layer/gateway-link.ts';
import type { GatewayEvent } from '../layer/wire.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { type LogEntry, migrations, SessionLog } from './session-log.ts';
import { SessionTable } from './session-table.ts';

export interface NewMessage {
  readonly session: string;
  readonly id: string;
  readonly bodyJson: string;
}

/** `entry` is absent if the message had been stored before. */
export interface StoredMessage {
  readonly offset: number;
  readonly entry?: LogEntry;
}

export class SessionStore {
  readonly sessions: SessionTable;
  readonly #db: DatabaseSync;
  readonly #pageBytes: number;
  readonly #log: SessionLog;
  readonly #cursor: StatementSync;
  readonly #setCursor: StatementSync;

  /** `inUse` says which sessions somebody is connected to. */
  constructor(file: string, inUse: (session: string) => boolean, limits: Limits = defaultLimits) {
    this.#db = openDatabase(file, migrations);
    this.#pageBytes = limits.pageBytes;
    this.#log = new SessionLog(this.#db, limits);
    this.sessions = new SessionTable(this.#db, limits, inUse);
    this.#cursor = this.#db.prepare('SELECT event FROM gateway_cursor');
    this.#setCursor = this.#db.prepare('UPDATE gateway_cursor SET event = ?');
  }

  /** All of them durable when it returns, or none (it throws). Results in the order of the messages. */
  appendMessages(messages: readonly NewMessage[]): StoredMessage[] {
    const at = Date.now();
    return this.sessions.commit((persist) =>
      messages.map(({ session, id, bodyJson }) => {
        const known = this.#log.offsetOf(session, id);
        if (known !== undefined) return { offset: known };
        persist(session);
        const entry = this.#log.append({ session, at, kind: 'message', id, bodyJson });
        return { offset: entry.offset, entry };
      }),
    );
  }

  /** Writes new events to the logs of the sessions that want them and moves the cursor, in one transaction: exactly once. */
  appendEvents(events: readonly GatewayEvent[]): LogEntry[] {
    const at = Date.now();
    return this.sessions.commit((persist) => {
      let cursor = this.cursor();
      const entries: LogEntry[] = [];
      for (const event of events) {
        if (event.id <= cursor) continue;
        cursor = event.id;
        if (event.session !== null) persist(event.session);
        const [id, bodyJson] = [String(event.id), JSON.stringify(event)];
        for (const session of this.sessions.subscribers(event.session)) {
          entries.push(this.#log.append({ session, at, kind: 'event', id, bodyJson }));
        }
      }
      this.#setCursor.run(cursor);
      return entries;
    });
  }

  /** Id of the newest event that was taken over; 0 for none. */
  cursor(): number {
    return Number(this.#cursor.get()?.event);
  }

  /** The gateway's log is another one than before: its events are taken over from the first on. */
  rewindCursor(): void {
    this.#setCursor.run(0);
  }

  /** What follows `after` in the session's log, oldest first and of bounded size; empty only at the end. */
  page(session: string, after: number): LogEntry[] {
    return this.#log.page(session, after, this.#pageBytes);
  }

  /** The totals of the link to the gateway, kept so that its counters never go back. */
  linkCounts(): LinkCounts {
    return this.#db.prepare('SELECT attempts, issues FROM gateway_link').get() as unknown as LinkCounts;
  }

  keepLinkCounts({ attempts, issues }: LinkCounts): void {
    this.#db.prepare('UPDATE gateway_link SET attempts = ?, issues = ?').run(attempts, issues);
  }

  close(): void {
    this.#db.close();
  }
}
