/**
 * When to dial again. Full jitter: a random time up to `min(cap, base · 2^n)` after the n-th failure in a row (Brooker, "Exponential
 * Backoff And Jitter", AWS Architecture Blog, 2015). After ten the breaker opens: a longer pause, then one probe (half-open); its success closes it.
 */

const baseMs = 100;
const capMs = 5000;
const breakAfter = 10;
/** Half of it is jitter, so that clients whose server was long away do not all come back at once. */
const pauseMs = 30_000;

export class Backoff {
  readonly #random: () => number;
  #failures = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** So many dials failed in a row that the next one is only a probe. */
  get broken(): boolean {
    return this.#failures >= breakAfter;
  }

  /** Milliseconds to wait. */
  failed(): number {
    this.#failures += 1;
    if (this.broken) return pauseMs / 2 + this.#random() * (pauseMs / 2);
    return this.#random() * Math.min(capMs, baseMs * 2 ** (this.#failures - 1));
  }

  succeeded(): void {
    this.#failures = 0;
  }
}
