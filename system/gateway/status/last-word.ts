/** When another layer was last heard, and whether it is silent now. A request of its that is still open counts as being heard. */

export class LastWord {
  readonly #silentMs: number;
  /** Unix ms, for people. */
  #saidAt: number | null = null;
  #heard: number | undefined;
  /** Since when it has been heard without a silence. */
  #since: number | undefined;
  #open = 0;

  constructor(silentMs: number) {
    this.#silentMs = silentMs;
  }

  /** Times named `now` are of a monotonic clock, in ms. */
  say(now = performance.now()): void {
    this.#hear(now);
    this.#saidAt = Date.now();
  }

  /** An open request: a long poll. To be closed with {@link end}. */
  begin(now = performance.now()): void {
    this.say(now);
    this.#open += 1;
  }

  end(now = performance.now()): void {
    this.#hear(now);
    this.#open -= 1;
  }

  silent(now = performance.now()): boolean {
    return this.#open === 0 && (this.#heard === undefined || now - this.#heard > this.#silentMs);
  }

  /** 0 while it is silent. */
  heardForMs(now = performance.now()): number {
    return this.silent(now) || this.#since === undefined ? 0 : now - this.#since;
  }

  /** `ageSeconds` null for never. */
  describe(now = performance.now()): { lastWordAt: number | null; ageSeconds: number | null } {
    const ageSeconds = this.#heard === undefined ? null : Math.round(now - this.#heard) / 1000;
    return { lastWordAt: this.#saidAt, ageSeconds };
  }

  #hear(now: number): void {
    if (this.silent(now)) this.#since = now;
    this.#heard = now;
  }
}
