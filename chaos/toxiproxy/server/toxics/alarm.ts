/** A timer that never rings early, knows fractions of a millisecond and any distance, and is cheap to put off. */

/** Longest wait that `setTimeout` takes. */
const maxTimeoutMs = 2 ** 31 - 1;

export class Alarm {
  readonly #ring: () => void;
  #due = Number.POSITIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #timerDue = 0;
  #immediate: NodeJS.Immediate | undefined;

  constructor(ring: () => void) {
    this.#ring = ring;
  }

  /** Rings once, at `due` (ms, as `performance.now()`) or soon after; replaces what was set before. Infinity: never. */
  set(due: number): void {
    this.#due = due;
    // A timer that comes first looks again then: putting off costs nothing.
    const looksInTime = this.#immediate !== undefined || (this.#timer !== undefined && this.#timerDue <= due);
    if (due === Number.POSITIVE_INFINITY) this.cancel();
    else if (!looksInTime) this.#arm();
  }

  cancel(): void {
    this.#due = Number.POSITIVE_INFINITY;
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
    this.#timer = undefined;
    this.#immediate = undefined;
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const wait = this.#due - performance.now();
    // The event loop's timers know whole milliseconds only: what is less is waited for by going round.
    if (wait < 1) {
      this.#immediate = setImmediate(this.#look);
    } else {
      this.#timerDue = this.#due;
      this.#timer = setTimeout(this.#look, Math.min(Math.ceil(wait), maxTimeoutMs));
    }
  }

  readonly #look = (): void => {
    this.#timer = undefined;
    this.#immediate = undefined;
    if (performance.now() < this.#due) {
      this.#arm();
    } else {
      this.#due = Number.POSITIVE_INFINITY;
      this.#ring();
    }
  };
}
