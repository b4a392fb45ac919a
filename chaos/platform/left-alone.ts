/** What `recover` says of a run whose harness may still live. */

/** `harness` as `harnessName()` gives it. */
export function leftAlone(runId: string, harness: string, life: 'alive' | 'elsewhere'): string {
  const [host, pid] = harness.split('/');
  const reason = life === 'alive' ? `process ${pid} is still at it` : `it was started on another machine (${host})`;
  return `${runId}: left alone, ${reason}; to remove it all the same: recover ${runId}`;
}
