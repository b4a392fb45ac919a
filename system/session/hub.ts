/** Who is connected to which session: passes committed entries on to them, tells presence. */
import type { ClientKind } from '../layer/wire.ts';
import type { LogEntry } from './session-log.ts';

export interface Member {
  readonly kind: ClientKind;
  publish(entry: LogEntry): void;
  /** Makes room for a newer connection of the same session. */
  replace(): void;
}

export class Hub {
  readonly #perSession: number;
  readonly #changed: (kind: ClientKind) => void;
  readonly #members = new Map<string, Set<Member>>();

  /** `changed` is called when somebody of that kind came or went. */
  constructor(perSession: number, changed: (kind: ClientKind) => void) {
    this.#perSession = perSession;
    this.#changed = changed;
  }

  join(session: string, member: Member): void {
    const members = this.#members.get(session) ?? new Set();
    this.#members.set(session, members);
    members.add(member);
    for (const oldest of members) {
      if (members.size <= this.#perSession) break;
      members.delete(oldest);
      oldest.replace();
    }
    this.#changed(member.kind);
  }

  /** True if nobody is connected to the session any more. */
  leave(session: string, member: Member): boolean {
    const members = this.#members.get(session);
    if (!members?.delete(member)) return false;
    if (members.size === 0) this.#members.delete(session);
    this.#changed(member.kind);
    return members.size === 0;
  }

  publish(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      for (const member of this.#members.get(entry.session) ?? []) member.publish(entry);
    }
  }

  has(session: string): boolean {
    return this.#members.has(session);
  }

  /** A session is a user's as soon as one of its connections is. */
  present(): { readonly id: string; readonly kind: ClientKind }[] {
    return [...this.#members].map(([id, members]) => ({
      id,
      kind: [...members].some((member) => member.kind === 'user') ? 'user' : 'probe',
    }));
  }

  connections(): number {
    let total = 0;
    for (const members of this.#members.values()) total += members.size;
    return total;
  }
}
