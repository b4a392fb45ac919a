/** How long a run waits for its next attempt: full jitter, so that skills that failed together do not come back together. */
const maxDelayMs = 300_000;

/** Milliseconds, uniform up to a ceiling that doubles with each attempt, at most 5 minutes. `attempt`: the one that failed, from 1. */
export function retryDelayMs(
  { backoffMs }: { readonly backoffMs: number },
  attempt: number,
  random: () => number = Math.random,
): number {
  return Math.round(random() * Math.min(maxDelayMs, backoffMs * 2 ** Math.min(attempt - 1, 30)));
}
