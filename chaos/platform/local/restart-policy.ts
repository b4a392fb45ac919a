/** When a node that ended comes back: what Docker's restart policy `always` does, so that a crash means the same on every platform. */

const firstMs = 100;
const mostMs = 60_000;
/** Who lived that long is well again. */
const wellAfterMs = 10_000;

export class RestartPolicy {
  #delayMs = 0;

  /** How long to wait after a life of so many ms: 100 ms, doubling with each short life, at most a minute. */
  delayAfter(livedMs: number): number {
    const doubled = livedMs >= wellAfterMs ? 0 : this.#delayMs * 2;
    this.#delayMs = Math.min(Math.max(doubled, firstMs), mostMs);
    return this.#delayMs;
  }
}
