/** Ticks on the monotone clock, as Go's ticker does: at most one is kept for a reader who is late, the others are skipped, and none drifts. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Tick {
  /** Which one it is, counted from the start, the skipped ones too. */
  readonly number: number;
}

/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1;

/** The first tick comes after `firstInMs`. Ends when the signal is aborted. */
export async function* ticks(firstInMs: number, intervalMs: number, stop: AbortSignal): AsyncGenerator<Tick, void> {
  const start = performance.now() + firstInMs;
  for (let number = 0; ; number++) {
    const due = start + number * intervalMs;
    for (let wait = due - performance.now(); wait > 0; wait = due - performance.now()) {
      if (!(await waited(Math.min(wait, longestTimerMs), stop))) return;
    }
    if (stop.aborted) return;
    yield { number };
    // The last one that has passed is kept, those before it are lost.
    const passed = Math.floor((performance.now() - start) / intervalMs);
    number = Math.max(number, passed - 1);
  }
}

async function waited(ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await sleep(ms, undefined, { signal });
    return true;
  } catch {
    return false;
  }
}
