/** Who is connected, as the session layer last said; forgotten when it has been silent for a while. */
import type { Presence } from '../layer/wire.ts';

export class PresenceBoard {
  readonly #holdsMs: number;
  #presence: Presence = { sessions: [] };
  #toldAt: number | undefined;

  constructor(holdsMs: number) {
    this.#holdsMs = holdsMs;
  }

  tell(presence: Presence, nowMs = performance.now()): void {
    this.#presence = presence;
    this.#toldAt = nowMs;
  }

  /** Connected users; monitors' connections do not count. */
  users(nowMs = performance.now()): number {
    if (this.#toldAt === undefined || nowMs - this.#toldAt > this.#holdsMs) return 0;
    return this.#presence.sessions.filter((session) => session.kind === 'user').length;
  }
}
