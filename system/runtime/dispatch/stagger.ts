/** Keeps skills that catch up from beginning all at once: one skill after the other, each then at its own pace. */
export class Stagger {
  readonly #everyMs: number;
  readonly #clock: () => number;
  readonly #catchingUp = new Set<string>();
  #freeAt = Number.NEGATIVE_INFINITY;

  constructor(everyMs: number, clock: () => number = () => performance.now()) {
    this.#everyMs = everyMs;
    this.#clock = clock;
  }

  /** Milliseconds until the skill may begin to catch up; 0: now. One that has begun need not wait again. */
  waitMs(skill: string): number {
    return this.#catchingUp.has(skill) ? 0 : Math.max(0, this.#freeAt - this.#clock());
  }

  /** A run of the skill has started. One that is not `late` shows that the skill has caught up. */
  started(skill: string, late: boolean): void {
    if (!late) this.#catchingUp.delete(skill);
    else if (!this.#catchingUp.has(skill)) {
      this.#catchingUp.add(skill);
      this.#freeAt = this.#clock() + this.#everyMs;
    }
  }
}
