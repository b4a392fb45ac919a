/** How often faults come and how long they stand. */

export interface Pace {
  /** From the start of one fault to that of the next, ms. */
  readonly gapMs: readonly [min: number, max: number];
  /** How long one stands that does not end by itself, ms. */
  readonly forMs: readonly [min: number, max: number];
}

export const defaultEveryMs = 30_000;
const shortestForMs = 3_000;
const longestForMs = 12_000;
/** Of the time from one fault to the next, the share that a fault may take: the rest is for recovering and being well. */
const largestShare = 0.4;

/** Around one fault each `everyMs`, a third more or less. */
export function paceOf(everyMs: number): Pace {
  const longest = Math.round(Math.min(longestForMs, Math.max(shortestForMs, largestShare * everyMs)));
  return {
    gapMs: [Math.round((2 / 3) * everyMs), Math.round((4 / 3) * everyMs)],
    forMs: [shortestForMs, longest],
  };
}
