/** Sessions: who they are, what events they want, how long they are kept. Probes' reach the disk with their first entry. */
import { randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { transaction } from '../layer/database.ts';
import type { ClientKind } from '../layer/wire.ts';
import type { Limits } from './limits.ts';

export interface Session {
  readonly id: string;
  /** Names this log: another epoch under the same id is another log. */
  readonly epoch: string;
  readonly kind: ClientKind;
  readonly events: 'all' | 'own';
  /** Newest offset; 0 for none. */
  readonly offset: number;
  /** Newest offset that was trimmed; 0 for none. */
  readonly floor: number;
}

type Preferences = Partial<Pick<Session, 'kind' | 'events'>>;

export const newId = (): string => randomBytes(15).toString('base64url');

export class SessionTable {
  readonly #db: DatabaseSync;
  readonly #limits: Limits;
  readonly #inUse: (session: string) => boolean;
  /** Probes come and go without a trace. Insertion order is age. */
  readonly #ephemeral = new Map<string, Session>();
  readonly #find: StatementSync;
  readonly #count: StatementSync;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #touch: StatementSync;
  readonly #delete: StatementSync;
  readonly #subscribers: StatementSync;

  /** `inUse` says which sessions somebody is connected to: they are never removed. */
  constructor(db: DatabaseSync, limits: Limits, inUse: (session: string) => boolean) {
    this.#db = db;
    this.#limits = limits;
    this.#inUse = inUse;
    this.#find = db.prepare('SELECT id, epoch, kind, events, offset, floor FROM sessions WHERE id = ?');
    this.#count = db.prepare('SELECT count(*) AS n FROM sessions');
    this.#insert = db.prepare('INSERT INTO sessions (id, epoch, kind, events, seen_at) VALUES (?, ?, ?, ?, ?)');
    this.#update = db.prepare('UPDATE sessions SET kind = ?, events = ?, seen_at = ? WHERE id = ?');
    this.#touch = db.prepare('UPDATE sessions SET seen_at = ? WHERE id = ?');
    this.#delete = db.prepare('DELETE FROM sessions WHERE id = ?');
    this.#subscribers = db.prepare(
      "SELECT id FROM sessions WHERE events = 'all' UNION SELECT id FROM sessions WHERE id = ?",
    );
  }

  find(id: string): Session | undefined {
    return (this.#find.get(id) as unknown as Session | undefined) ?? this.#ephemeral.get(id);
  }

  create(id: string, { kind = 'user', events = 'all' }: Preferences): Session {
    const session: Session = { id, epoch: newId(), kind, events, offset: 0, floor: 0 };
    if (isEphemeral(session)) this.#keepInMemory(session);
    else
      transaction(this.#db, () => {
        this.#makeRoom();
        this.#write(session);
      });
    return session;
  }

  /** The session as this hello wants it; written only if that is a change. A user's stays a user's when a probe looks in. */
  prefer(session: Session, wanted: Preferences): Session {
    const kind = session.kind === 'user' ? 'user' : (wanted.kind ?? session.kind);
    const events = wanted.events ?? session.events;
    if (kind === session.kind && events === session.events) return session;
    const changed = { ...session, kind, events };
    if (!this.#ephemeral.has(session.id)) this.#update.run(kind, events, Date.now(), session.id);
    else {
      this.#write(changed);
      this.#ephemeral.delete(session.id);
    }
    return changed;
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

  /** Sessions that get an event which is meant for `own`: that one, and all that want everything. */
  subscribers(own: string | null): string[] {
    return this.#subscribers.all(own).map((row) => String(row.id));
  }

  /** The session's last client went: from now on it is idle. */
  left(id: string): void {
    this.#touch.run(Date.now(), id);
  }

  /** Those on disk. */
  count(): number {
    return Number(this.#count.get()?.n);
  }

  /** Removes sessions that nobody used for long, with their logs; returns how many. */
  sweep(now = Date.now()): number {
    return transaction(
      this.#db,
      () => this.#sweep('user', now, this.#limits.userIdleMs) + this.#sweep('probe', now, this.#limits.probeIdleMs),
    );
  }

  #sweep(kind: ClientKind, now: number, idleMs: number): number {
    const idle = this.#db.prepare('SELECT id FROM sessions WHERE kind = ? AND seen_at < ?').all(kind, now - idleMs);
    const ids = idle.map((row) => String(row.id));
    for (const id of ids) if (this.#inUse(id)) this.#touch.run(now, id);
    const removable = ids.filter((id) => !this.#inUse(id));
    for (const id of removable) this.#delete.run(id);
    return removable.length;
  }

  #makeRoom(): void {
    if (this.count() < this.#limits.sessions) return;
    const byAge = this.#db.prepare('SELECT id FROM sessions ORDER BY seen_at').all();
    const oldest = byAge.find((row) => !this.#inUse(String(row.id)));
    if (oldest !== undefined) this.#delete.run(String(oldest.id));
  }

  #write({ id, epoch, kind, events }: Session): void {
    this.#insert.run(id, epoch, kind, events, Date.now());
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
