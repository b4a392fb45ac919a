/** The harness's one clock: Unix time in milliseconds, with fractions, that never goes back. */
export function nowMs(): number {
  return performance.timeOrigin + performance.now();
}
