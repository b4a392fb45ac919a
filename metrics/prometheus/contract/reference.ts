/** Where the real Prometheus is, to compare with. */

/** Path of the program; `undefined` (and a line that says what to do) where none is named. */
export function referencePrometheus(): string | undefined {
  const path = process.env.CHAOS_REFERENCE_PROMETHEUS;
  if (path === undefined || path === '') {
    console.warn(
      'Not compared with the real Prometheus: name its program in CHAOS_REFERENCE_PROMETHEUS (go build github.com/prometheus/prometheus/cmd/prometheus).',
    );
    return undefined;
  }
  return path;
}
