/**
 * How many wrong tokens each address may try: a bucket of ten, refilled by one a second. The same one again costs nothing: it is no guess,
 * but a client that was given the wrong token, and it must not shut out all others of its machine.
 */

const burst = 10;
const refillMs = 1000;
const remembered = 10;

interface Bucket {
  readonly left: number;
  readonly at: number;
  /** What was tried last. */
  readonly tried: readonly string[];
}

export class FailureLimit {
  readonly #buckets = new Map<string, Bucket>();
  readonly #maxAddresses: number;
  readonly #now: () => number;

  /** `now` in ms, of a clock that never goes back. */
  constructor(maxAddresses = 10_000, now: () => number = () => performance.now()) {
    this.#maxAddresses = maxAddresses;
    this.#now = now;
  }

  /** Milliseconds until the address may fail again; 0 if it may now. */
  waitMs(address: string): number {
    const left = this.#left(address);
    return left >= 1 ? 0 : Math.ceil((1 - left) * refillMs);
  }

  failed(address: string, attempt: string): void {
    const key = this.#key(address);
    const tried = this.#buckets.get(key)?.tried ?? [];
    if (tried.includes(attempt)) return;
    const left = Math.max(0, this.#left(address) - 1);
    this.#buckets.delete(key);
    this.#buckets.set(key, { left, at: this.#now(), tried: [...tried, attempt].slice(-remembered) });
  }

  #left(address: string): number {
    const bucket = this.#buckets.get(this.#key(address));
    if (bucket === undefined) return burst;
    return Math.min(burst, bucket.left + (this.#now() - bucket.at) / refillMs);
  }

  /** When too many addresses fail at once, those that are new share one bucket: memory stays bounded, and guessing slow. */
  #key(address: string): string {
    if (this.#buckets.has(address) || this.#buckets.size < this.#maxAddresses) return address;
    this.#forgetFull();
    return this.#buckets.size < this.#maxAddresses ? address : 'others';
  }

  /** Oldest first, so that this ends at the first bucket that may not be full yet. */
  #forgetFull(): void {
    const fullSince = this.#now() - burst * refillMs;
    for (const [address, { at }] of this.#buckets) {
      if (at > fullSince) return;
      this.#buckets.delete(address);
    }
  }
}
