/** How often one layer is probed: every 100 ms, and every 25 ms from injection and from heal until onset or recovery is known. Pure. */
import { fastMs, slowMs } from './cadence.ts';
import type { Probe } from './probe-track.ts';

const longestMs = 6000;
/** An untouched layer is watched closely for a while too: what hits it by mistake shows soon. */
const untouchedMs = 2000;
const afterOnsetMs = 500;
/** So long good without a break means that recovery is known; a relapse is seen at the slow cadence. */
const afterRecoveryMs = 1000;

export class Haste {
  #reason: 'onset' | 'recovery' = 'recovery';
  #hit = false;
  #sinceMs = Number.NEGATIVE_INFINITY;
  #firstBadMs: number | undefined;
  #goodSinceMs: number | undefined;

  begin(reason: 'onset' | 'recovery', hit: boolean, now: number): void {
    this.#reason = reason;
    this.#hit = hit;
    this.#sinceMs = now;
    this.#firstBadMs = undefined;
  }

  saw({ result, startMs }: Probe): void {
    if (result === 'bad') {
      this.#goodSinceMs = undefined;
      if (startMs >= this.#sinceMs) this.#firstBadMs ??= startMs;
    }
    if (result === 'good') this.#goodSinceMs ??= startMs;
  }

  intervalMs(now: number): number {
    return this.#hasty(now) ? fastMs : slowMs;
  }

  #hasty(now: number): boolean {
    const forMs = now - this.#sinceMs;
    if (forMs > longestMs) return false;
    if (!this.#hit) return forMs < untouchedMs;
    if (this.#reason === 'onset') return this.#firstBadMs === undefined || now - this.#firstBadMs < afterOnsetMs;
    if (this.#goodSinceMs === undefined) return true;
    return now - Math.max(this.#goodSinceMs, this.#sinceMs) < afterRecoveryMs;
  }
}
