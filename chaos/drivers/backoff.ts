/** Exponential backoff with full jitter: a random wait up to a limit that doubles. */
const startMs = 50;
const capMs = 500;

export function fullJitterMs(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, startMs * 2 ** Math.min(attempt, 20));
}
