/**
 * Spans that ended before there was a tracer: it is loaded once the runtime is ready, and by then runs have been taken up, interrupted ones
 * among them. Held, a few of them, until one that is recorded shows that there is a tracer; where nothing is traced, for good.
 */
const maxHeld = 200;

export class EarlySpans {
  #held: (() => void)[] = [];

  /** `exportSpan` makes the span and ends it. The oldest make room. */
  hold(exportSpan: () => void): void {
    this.#held.push(exportSpan);
    if (this.#held.length > maxHeld) this.#held.shift();
  }

  release(): void {
    for (const exportSpan of this.#held.splice(0)) exportSpan();
  }
}
