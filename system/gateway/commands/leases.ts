/** Who was given which command, and until when it is hidden from others. In memory: after a restart of the gateway all are free. */

interface Lease {
  readonly holder: string;
  readonly until: number;
}

export class Leases {
  readonly #durationMs: number;
  readonly #leases = new Map<string, Lease>();

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
  }

  /** False if another holder has it. Times are of a monotonic clock, in ms. */
  take(id: string, holder: string, now: number): boolean {
    const lease = this.#leases.get(id);
    if (lease !== undefined && lease.holder !== holder && lease.until > now) return false;
    this.#leases.set(id, { holder, until: now + this.#durationMs });
    return true;
  }

  end(id: string): void {
    this.#leases.delete(id);
  }

  /** Milliseconds until the first lease of another holder runs out; undefined if there is none. */
  freeIn(holder: string, now: number): number | undefined {
    let first: number | undefined;
    for (const lease of this.#leases.values()) {
      if (lease.holder !== holder && lease.until > now) first = Math.min(first ?? lease.until, lease.until);
    }
    return first === undefined ? undefined : first - now;
  }
}
