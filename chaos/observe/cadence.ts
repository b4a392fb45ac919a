/** Starts a probe at a fixed cadence, whether or not earlier ones have finished; late ticks are dropped, never bunched up. */
import { nowMs } from './clock.ts';

export const slowMs = 100;
export const fastMs = 25;

export class Cadence implements Disposable {
  readonly #intervalMs: () => number;
  readonly #tick: () => void;
  #timer: NodeJS.Timeout | undefined;
  #dueMs: number;
  #stopped = false;

  /** `offsetMs` staggers several cadences, so that their probes don't leave in one burst. */
  constructor(intervalMs: () => number, tick: () => void, offsetMs = 0) {
    this.#intervalMs = intervalMs;
    this.#tick = tick;
    this.#dueMs = nowMs() + offsetMs;
    this.#schedule();
  }

  /** Called when the interval may have become shorter: the next tick is due now. */
  hurry(): void {
    if (this.#stopped) return;
    this.#dueMs = Math.min(this.#dueMs, nowMs());
    this.#schedule();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#run(), Math.max(0, this.#dueMs - nowMs()));
  }

  #run(): void {
    if (this.#stopped) return;
    this.#tick();
    const intervalMs = this.#intervalMs();
    const now = nowMs();
    // On the grid of the last due time if we are less than one interval late, else a new grid.
    this.#dueMs = this.#dueMs + intervalMs > now ? this.#dueMs + intervalMs : now + intervalMs;
    this.#schedule();
  }

  [Symbol.dispose](): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
