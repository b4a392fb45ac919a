/** How many are connected, as the session layer last said; forgotten when it has been silent for a while. */
import type { Presence } from '../../layer/wire.ts';

export class PresenceBoard {
  readonly #holdsMs: number;
  #users = 0;
  #toldAt: number | undefined;

  constructor(holdsMs: number) {
    this.#holdsMs = holdsMs;
  }

  /** Only the numbers are kept: there may be thousands, told every second. */
  tell({ sessions }: Presence, nowMs = performance.now()): void {
    this.#users = sessions.reduce((users, { kind }) => (kind === 'user' ? users + 1 : users), 0);
    this.#toldAt = nowMs;
  }

  /** Sessions with a user; monitors' connections do not count. */
  users(nowMs = performance.now()): number {
    return this.#toldAt === undefined || nowMs - this.#toldAt > this.#holdsMs ? 0 : this.#users;
  }
}
