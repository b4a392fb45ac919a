/** Sessions: who they are, whose, what events they want, how long they are kept. Probes' reach the disk with their first entry. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../layer/database.ts';
import { ownerName } from '../../layer/tokens.ts';
import type { ClientKind } from '../../layer/wire.ts';
import type { Limits } from '../limits.ts';
import type { EventLog } from './event-log.ts';
import type { Log } from './log.ts';
import { prepareSessionStatements } from './session-statements.ts';

export interface Session {
  readonly id: string;
  /** Names this log: another epoch under the same id is another log. */
  readonly epoch: string;
  /** Whose token it was made with. */
  readonly owner: string;
  readonly kind: ClientKind;
  readonly events: 'all' | 'own';
  /** Newest offset; 0 for none. */
  readonly offset: number;
  /** Entries up to this offset cannot be replayed any more; 0 for none. */
  readonly floor: number;
  /** What is stored for this session alone is gone up to this offset: at most `floor`, which counts shared events as well. */
  readonly ownFloor: number;
  /** With it, the shared event of seq `n` has offset `shift + n` once it is the newest entry; null: shared events are not wanted. */
  readonly shift: number | null;
}

export interface Preferences {
  readonly kind?: ClientKind;
  readonly events?: 'all' | 'own';
}

interface Row extends Pick<Session, 'id' | 'epoch' | 'owner' | 'kind' | 'events' | 'floor' | 'offset'> {
  readonly seq: number | null;
}

export const newId = (): string => randomBytes(15).toString('base64url');

export class SessionTable {
  readonly #db: DatabaseSync;
  readonly #limits: Limits;
  readonly #inUse: (session: string) => boolean;
  readonly #events: EventLog;
  readonly #log: Log;
  /** Probes come and go without a trace. Insertion order is age. */
  readonly #ephemeral = new Map<string, Session>();
  /** When each was left whose row does not say so yet, Unix ms. */
  readonly #departed = new Map<string, number>();
  readonly #statements;

  /** `inUse` says which sessions somebody is connected to: they are never removed. */
  constructor(db: DatabaseSync, limits: Limits, inUse: (session: string) => boolean, events: EventLog, log: Log) {
    this.#db = db;
    this.#limits = limits;
    this.#inUse = inUse;
    this.#events = events;
    this.#log = log;
    this.#statements = prepareSessionStatements(db);
  }

  find(id: string): Session | undefined {
    const row = this.#statements.find.get(id) as unknown as Row | undefined;
    return row === undefined ? this.#ephemeral.get(id) : this.#derive(row);
  }

  /** Sessions on disk by id, those of `owner` or (null) all. */
  list(owner: string | null, after: string, limit: number): Session[] {
    return (this.#statements.list.all(owner, after, limit) as unknown as Row[]).map((row) => this.#derive(row));
  }

  /** Undefined if there are too many, all of them in use. In a transaction of the caller's. */
  create(id: string, owner: string, { kind = 'user', events = 'all' }: Preferences): Session | undefined {
    const shift = events === 'all' ? -this.#events.head : null;
    const session: Session = { id, epoch: newId(), owner, kind, events, offset: 0, floor: 0, ownFloor: 0, shift };
    if (isEphemeral(session)) this.#keepInMemory(session);
    else {
      if (!this.#makeRoom(owner)) return undefined;
      this.#write(session);
    }
    return session;
  }

  /** The session as this hello wants it; written only if that is a change. A user's stays as it is when a probe looks in. */
  prefer(session: Session, wanted: Preferences): Session {
    if (session.kind === 'user' && wanted.kind === 'probe') return session;
    const kind = wanted.kind ?? session.kind;
    const events = wanted.events ?? session.events;
    if (kind === session.kind && events === session.events) return session;
    if (this.#ephemeral.has(session.id)) {
      const changed = { ...session, kind, events, shift: events === 'all' ? -this.#events.head : null };
      this.#write(changed);
      this.#ephemeral.delete(session.id);
      return changed;
    }
    const seq = events === 'all' ? this.#events.head : null;
    const shift = seq === null ? null : session.offset - seq;
    if (events !== session.events) this.#log.startSpan(session.id, session.offset, seq);
    this.#statements.update.run(kind, events, session.offset, seq, Date.now(), session.id);
    return { ...session, kind, events, shift };
  }

  /** A transaction in which `persist` writes sessions that are in memory only. After a rollback they still are. */
  commit<T>(fn: (persist: (id: string) => void) => T): T {
    const persisted = new Set<string>();
    const result = transaction(this.#db, () =>
      fn((id) => {
        const session = this.#ephemeral.get(id);
        if (session === undefined || persisted.has(id)) return;
        this.#write(session);
        persisted.add(id);
      }),
    );
    for (const id of persisted) this.#ephemeral.delete(id);
    return result;
  }

  /** The session's last client went: from now on it is idle. Written by {@link noteDepartures}: thousands may go at once. */
  left(id: string): void {
    if (!this.#ephemeral.has(id)) this.#departed.set(id, Date.now());
  }

  /** In a transaction of the caller's. */
  noteDepartures(): void {
    for (const [id, at] of this.#departed) this.#statements.touch.run(at, id);
    this.#departed.clear();
  }

  get hasDepartures(): boolean {
    return this.#departed.size > 0;
  }

  remove(id: string): void {
    this.#ephemeral.delete(id);
    this.#statements.delete.run(id);
  }

  /** Those on disk. */
  count(): number {
    return Number(this.#statements.count.get()?.n);
  }

  /** Removes sessions that nobody used for long, with their logs; returns how many. In a transaction of the caller's. */
  sweep(now: number): number {
    this.noteDepartures();
    return this.#sweep('user', now, this.#limits.userIdleMs) + this.#sweep('probe', now, this.#limits.probeIdleMs);
  }

  #sweep(kind: ClientKind, now: number, idleMs: number): number {
    const ids = this.#statements.idle.all(kind, now - idleMs).map((row) => String(row.id));
    for (const id of ids) if (this.#inUse(id)) this.#statements.touch.run(now, id);
    const removable = ids.filter((id) => !this.#inUse(id));
    for (const id of removable) this.#statements.delete.run(id);
    return removable.length;
  }

  /** The session that was left longest ago makes room: whosesoever it is, or one of the same token that has too many. */
  #makeRoom(owner: string): boolean {
    const isFull =
      owner !== ownerName && Number(this.#statements.countOf.get(owner)?.n) >= this.#limits.sessionsPerToken;
    const own = isFull ? owner : null;
    if (own === null && this.count() < this.#limits.sessions) return true;
    this.noteDepartures();
    for (const row of this.#statements.spare.iterate(own)) {
      const id = String(row.id);
      if (this.#inUse(id)) continue;
      this.#statements.delete.run(id);
      return true;
    }
    return false;
  }

  #derive({ seq, ...row }: Row): Session {
    const { head, floor } = this.#events;
    const shift = seq === null ? null : row.offset - seq;
    const offset = shift === null ? row.offset : shift + head;
    const gone = floor === 0 ? undefined : (this.#statements.gone.get(row.id, floor) as { offset: number } | undefined);
    return {
      ...row,
      offset,
      shift,
      ownFloor: row.floor,
      floor: Math.min(offset, Math.max(row.floor, gone?.offset ?? 0)),
    };
  }

  #write({ id, epoch, owner, kind, events }: Session): void {
    this.#statements.insert.run(id, epoch, owner, kind, events, Date.now());
    if (events === 'all') this.#log.startSpan(id, 0, this.#events.head);
  }

  #keepInMemory(session: Session): void {
    this.#ephemeral.set(session.id, session);
    for (const id of this.#ephemeral.keys()) {
      if (this.#ephemeral.size <= this.#limits.ephemeralSessions) break;
      if (!this.#inUse(id) && id !== session.id) this.#ephemeral.delete(id);
    }
  }
}

function isEphemeral({ kind, events }: Session): boolean {
  return kind === 'probe' && events === 'own';
}
