/** When a target's scrapes, and a rule group's evaluations, are due: spread over the interval by a hash, at the same instants whenever one starts. */
import { createHash } from 'node:crypto';

/** Where in its interval something is due, in milliseconds from 0 to below it: the same for the same key. */
export function phaseOf(key: string, intervalMs: number): number {
  const hash = createHash('sha256').update(key).digest();
  return Number(hash.readBigUInt64BE() % BigInt(intervalMs));
}

/** The first time from `nowMs` on (Unix) that lies at that phase of an interval. */
export function nextSlot(nowMs: number, phaseMs: number, intervalMs: number): number {
  const since = (((nowMs - phaseMs) % intervalMs) + intervalMs) % intervalMs;
  return since === 0 ? nowMs : nowMs - since + intervalMs;
}
