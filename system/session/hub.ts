/** Who is connected to which session: passes committed entries on to them, tells presence. */
import type { ClientKind } from '../layer/wire.ts';
import type { ServerFrame } from './protocol.ts';
import { Rounds } from './rounds.ts';
import type { SharedEvent } from './store/event-log.ts';
import type { LogEntry } from './store/log.ts';
import type { Session } from './store/session-table.ts';

export type Notice = Extract<ServerFrame, { type: 'status' | 'delivered' }>;

export interface Member {
  readonly kind: ClientKind;
  publish(entry: LogEntry): void;
  /** There is more in the log than was published. */
  catchUp(): void;
  tell(notice: Notice): void;
  /** Makes room for a newer connection of the same session. */
  replace(): void;
  /** The session is no more. */
  removed(): void;
}

interface Room {
  readonly session: string;
  readonly members: Member[];
  /** See {@link Session}. */
  shift: number | null;
}

/** More rounds than these cannot be due to a burst: whoever lags reads the log instead. */
const maxRoundsWaiting = 100;

export class Hub {
  readonly #perSession: number;
  readonly #changed: (kind: ClientKind) => void;
  readonly #rooms = new Map<string, Room>();
  readonly #rounds: Rounds<Room>;
  #connections = 0;

  /** `changed` is called when somebody of that kind came or went. */
  constructor(perSession: number, sessionsPerTurn: number, changed: (kind: ClientKind) => void) {
    this.#perSession = perSession;
    this.#changed = changed;
    this.#rounds = new Rounds(() => this.#rooms.values(), sessionsPerTurn);
  }

  join({ id, shift }: Pick<Session, 'id' | 'shift'>, member: Member): void {
    const room = this.#rooms.get(id) ?? { session: id, members: [], shift };
    this.#rooms.set(id, room);
    room.shift = shift;
    room.members.push(member);
    this.#connections += 1;
    while (room.members.length > this.#perSession) {
      this.#connections -= 1;
      room.members.shift()?.replace();
    }
    this.#changed(member.kind);
  }

  /** True if nobody is connected to the session any more. */
  leave(session: string, member: Member): boolean {
    const room = this.#rooms.get(session);
    const place = room?.members.indexOf(member) ?? -1;
    if (room === undefined || place < 0) return false;
    room.members.splice(place, 1);
    this.#connections -= 1;
    if (room.members.length === 0) this.#rooms.delete(session);
    this.#changed(member.kind);
    return room.members.length === 0;
  }

  /** An entry of one session; `shift` as it is now that the entry is written. To be called in the turn of the commit. */
  publish(entry: LogEntry, shift: number | null): void {
    const room = this.#rooms.get(entry.session);
    if (room === undefined) return;
    room.shift = shift;
    for (const member of [...room.members]) member.publish(entry);
  }

  /** Events that all sessions get which want shared events. */
  broadcast(events: readonly SharedEvent[]): void {
    const isBehind = this.#rounds.waiting >= maxRoundsWaiting;
    if (events.length === 0 || this.#rounds.waiting > maxRoundsWaiting) return;
    this.#rounds.start(({ session, members, shift }) => {
      if (shift === null) return;
      for (const member of [...members]) {
        if (isBehind) member.catchUp();
        else for (const event of events) member.publish(toEntry(event, session, shift));
      }
    });
  }

  /** Tells everybody what `noticeFor` says for their session. */
  tellAll(noticeFor: (session: string) => Notice): void {
    this.#rounds.start(({ session, members }) => {
      const notice = noticeFor(session);
      for (const member of [...members]) member.tell(notice);
    });
  }

  tell(session: string, notice: Notice): void {
    for (const member of [...(this.#rooms.get(session)?.members ?? [])]) member.tell(notice);
  }

  /** Ends the connections of a session that was deleted. */
  remove(session: string): void {
    for (const member of [...(this.#rooms.get(session)?.members ?? [])]) member.removed();
  }

  has(session: string): boolean {
    return this.#rooms.has(session);
  }

  /** A session is a user's as soon as one of its connections is. */
  present(): { readonly id: string; readonly kind: ClientKind }[] {
    return [...this.#rooms.values()].map(({ session, members }) => ({
      id: session,
      kind: members.some((member) => member.kind === 'user') ? 'user' : 'probe',
    }));
  }

  connections(): number {
    return this.#connections;
  }
}

/**
 * Its offset is right unless an entry of the session was published since the event was written; then that entry made the
 * connections read the log up to itself, and this one, with an offset at most as large, is ignored.
 */
function toEntry({ seq, ...event }: SharedEvent, session: string, shift: number): LogEntry {
  return { ...event, session, offset: shift + seq, kind: 'event' };
}
