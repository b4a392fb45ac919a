/** The durable state of the session layer: sessions, their logs, messages on their way to the gateway, how far its events were taken over. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { openDatabase } from '../../layer/database.ts';
import type { LinkCounts } from '../../layer/gateway-link.ts';
import type { Quarantine } from '../../layer/quarantine.ts';
import { ownerName } from '../../layer/tokens.ts';
import type { GatewayEvent } from '../../layer/wire.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { EventLog, type SharedEvent } from './event-log.ts';
import { Log, type LogEntry } from './log.ts';
import { Outbox, type Waiting } from './outbox.ts';
import { Retention } from './retention.ts';
import { migrations } from './schema.ts';
import { newId, type Preferences, type Session, SessionTable } from './session-table.ts';

export interface NewMessage {
  readonly session: string;
  readonly id: string;
  readonly bodyJson: string;
  readonly traceparent?: string;
}

/** `duplicate`: it had been stored before, at that offset. `gone`: its session was removed meanwhile. */
export type StoredMessage =
  | { readonly fate: 'new'; readonly offset: number; readonly entry: LogEntry; readonly shift: number | null }
  | { readonly fate: 'duplicate'; readonly offset: number }
  | { readonly fate: 'gone' };

/** What came of taking events over: shared ones, and those that were written to the log of one session alone. */
export interface TakenEvents {
  readonly shared: readonly SharedEvent[];
  readonly entries: readonly LogEntry[];
}

export interface Admittance extends Preferences {
  readonly owner: string;
  readonly session?: string;
}

export type Admission =
  | { readonly outcome: 'found' | 'created'; readonly session: Session }
  | { readonly outcome: 'forbidden' | 'too-many' };

export class SessionStore {
  readonly sessions: SessionTable;
  readonly outbox: Outbox;
  readonly #db: DatabaseSync;
  readonly #limits: Limits;
  readonly #events: EventLog;
  readonly #log: Log;
  readonly #retention: Retention;
  readonly #cursor: StatementSync;
  readonly #setCursor: StatementSync;
  #givenUp = 0;

  /** `inUse` says which sessions somebody is connected to. */
  constructor(
    file: string,
    inUse: (session: string) => boolean,
    limits: Limits = defaultLimits,
    onQuarantine?: (quarantined: Quarantine) => void,
  ) {
    this.#db = openDatabase(file, migrations, onQuarantine && { onQuarantine });
    this.#limits = limits;
    this.#events = new EventLog(this.#db, limits);
    this.#log = new Log(this.#db, this.#events);
    this.#retention = new Retention(this.#db, limits);
    this.outbox = new Outbox(this.#db, limits);
    this.sessions = new SessionTable(this.#db, limits, inUse, this.#events, this.#log);
    this.#cursor = this.#db.prepare('SELECT event FROM gateway_cursor');
    this.#setCursor = this.#db.prepare('UPDATE gateway_cursor SET event = ?');
  }

  /** Finds or makes the sessions of clients that come, in one transaction: durable when it returns, or none (it throws). */
  admit(wanted: readonly Admittance[]): Admission[] {
    return this.sessions.commit(() => wanted.map((one) => this.#admit(one)));
  }

  /** All of them durable when it returns, or none (it throws). Results in the order of the messages. */
  appendMessages(messages: readonly NewMessage[]): StoredMessage[] {
    const at = Date.now();
    return this.sessions.commit((persist) => messages.map((message) => this.#store(message, at, persist)));
  }

  /** Writes new events to the logs of the sessions that want them and moves the cursor, in one transaction: exactly once. */
  appendEvents(events: readonly GatewayEvent[]): TakenEvents {
    const at = Date.now();
    return this.sessions.commit((persist) => {
      let cursor = this.cursor();
      const shared: SharedEvent[] = [];
      const entries: LogEntry[] = [];
      for (const event of events) {
        if (event.id <= cursor) continue;
        cursor = event.id;
        const [id, bodyJson] = [String(event.id), JSON.stringify(event)];
        const { traceparent = null } = event;
        shared.push(this.#events.append({ at, id, bodyJson, traceparent }));
        if (event.session === null) continue;
        const session = this.sessions.find(event.session);
        if (session?.events !== 'own') continue;
        persist(session.id);
        const entry = this.#append({ session: session.id, at, kind: 'event', id, bodyJson, traceparent })?.entry;
        if (entry !== undefined) entries.push(entry);
      }
      this.#setCursor.run(cursor);
      return { shared, entries };
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
  page(session: string, after: number, maxEntries?: number): LogEntry[] {
    return this.#log.page(session, after, this.#limits.pageBytes, maxEntries);
  }

  /** The gateway has them, or will never take them. */
  settle(batch: readonly Waiting[]): void {
    this.sessions.commit(() => this.outbox.remove(batch));
  }

  /** How many messages more will never be delivered, because too many waited. */
  takeGivenUp(): number {
    const givenUp = this.#givenUp;
    this.#givenUp = 0;
    return givenUp;
  }

  /** Writes down which sessions were left; to be called now and then. */
  noteDepartures(): void {
    if (this.sessions.hasDepartures) this.sessions.commit(() => this.sessions.noteDepartures());
  }

  /** Removes what is older than it may be; returns the number of idle sessions that went. */
  sweep(now = Date.now()): number {
    return this.sessions.commit(() => {
      this.#events.dropOlderThan(now - this.#limits.entryAgeMs);
      this.#retention.dropOlderThan(now - this.#limits.entryAgeMs);
      return this.sessions.sweep(now);
    });
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

  #admit({ owner, session: id, ...preferences }: Admittance): Admission {
    const found = id === undefined ? undefined : this.sessions.find(id);
    if (found !== undefined) {
      if (!maySee(owner, found)) return { outcome: 'forbidden' };
      return { outcome: 'found', session: this.sessions.prefer(found, preferences) };
    }
    const session = this.sessions.create(id ?? newId(), owner, preferences);
    return session === undefined ? { outcome: 'too-many' } : { outcome: 'created', session };
  }

  #store(message: NewMessage, at: number, persist: (id: string) => void): StoredMessage {
    const { session, id, bodyJson, traceparent } = message;
    const known = this.#log.offsetOf(session, id);
    if (known !== undefined) return { fate: 'duplicate', offset: known };
    persist(session);
    const appended = this.#append({ session, at, kind: 'message', id, bodyJson, ...(traceparent && { traceparent }) });
    if (appended === undefined) return { fate: 'gone' };
    const { entry, shift } = appended;
    this.#log.remember(session, id, entry.offset);
    this.#givenUp += this.outbox.add(session, entry.offset, bodyJson.length);
    return { fate: 'new', offset: entry.offset, entry, shift };
  }

  #append(entry: Omit<LogEntry, 'offset'>): { readonly entry: LogEntry; readonly shift: number | null } | undefined {
    const appended = this.#log.append(entry);
    if (appended === undefined) return undefined;
    const { extent } = appended;
    this.#retention.trim(entry.session, extent);
    return { entry: appended.entry, shift: extent.seq === null ? null : extent.offset - extent.seq };
  }
}

/** The owner of the machine sees every session, everybody else those made with their own token. */
export function maySee(owner: string, session: Pick<Session, 'owner'>): boolean {
  return owner === ownerName || session.owner === owner;
}
