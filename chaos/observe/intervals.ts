/** Arithmetic on half-open spans of time. */
export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

export function overlapMs(a: Interval, b: Interval): number {
  return Math.max(0, Math.min(a.toMs, b.toMs) - Math.max(a.fromMs, b.fromMs));
}

export function touches(a: Interval, b: Interval): boolean {
  return a.fromMs < b.toMs && b.fromMs < a.toMs;
}

/** What is left of a span's length without the cuts; these must not overlap each other. */
export function lengthWithout(span: Interval, cuts: readonly Interval[]): number {
  let left = Math.max(0, span.toMs - span.fromMs);
  for (let i = cuts.length - 1; i >= 0; i--) {
    const cut = cuts[i];
    // Cuts are in order of time, and spans are asked about soon after they were.
    if (cut === undefined || cut.toMs <= span.fromMs) break;
    left -= overlapMs(span, cut);
  }
  return Math.max(0, left);
}
