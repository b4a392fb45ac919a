/** Delays between dials of an unreachable gateway: decorrelated jitter, 100 ms to 1 s. */
import { decorrelatedJitterGenerator, ExponentialBackoff, type IBackoff } from 'cockatiel';

const firstDelayMs = 100;
const maxDelayMs = 1000;
const factory = new ExponentialBackoff({
  initialDelay: firstDelayMs,
  maxDelay: maxDelayMs,
  generator: decorrelatedJitterGenerator,
});

export class LinkBackoff {
  #last: IBackoff<unknown> | undefined;

  /** Milliseconds. */
  next(): number {
    this.#last = (this.#last ?? factory).next(undefined);
    return Math.max(firstDelayMs, this.#last.duration);
  }

  reset(): void {
    this.#last = undefined;
  }
}
