/** Watches the harness's own event loop: while it lags, nothing was observed, and that time is cut out of every window. */
import { nowMs } from './clock.ts';
import { type Interval, touches } from './intervals.ts';

const lagThresholdMs = 250;
const tickMs = 50;

export class LagMonitor implements Disposable {
  readonly #lags: Interval[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #onLag: (lag: Interval) => void;
  readonly #clock: () => number;
  #lastTickMs: number;

  constructor(onLag: (lag: Interval) => void = () => {}, clock: () => number = nowMs) {
    this.#onLag = onLag;
    this.#clock = clock;
    this.#lastTickMs = clock();
    this.#timer = setInterval(() => this.check(), tickMs);
    this.#timer.unref();
  }

  /** Spans in which the loop stood still, in order. */
  get lags(): readonly Interval[] {
    return this.#lags;
  }

  /** To be asked before a timeout is believed: timers that fire after a block may come before this monitor's own. */
  check(): void {
    const now = this.#clock();
    const lag = { fromMs: this.#lastTickMs, toMs: now };
    this.#lastTickMs = now;
    if (lag.toMs - lag.fromMs - tickMs <= lagThresholdMs) return;
    this.#lags.push(lag);
    this.#onLag(lag);
  }

  lagged(span: Interval): boolean {
    this.check();
    return this.#lags.some((lag) => touches(lag, span));
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
