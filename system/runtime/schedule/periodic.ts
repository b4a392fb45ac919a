/** `every: 2s`: due at the multiples of a period, counted from the Unix epoch, so that a restart does not shift them. */
import { durationMs } from '../skills/duration.ts';
import type { Schedule } from './due-times.ts';

const minPeriodMs = 100;
const maxPeriodMs = 366 * 86_400_000;

/** Throws an Error that says how to mend it. `text` is the whole of which `period` is a part. */
export function periodic(text: string, period: string): Schedule {
  const periodMs = durationMs(period);
  if (periodMs === undefined || periodMs < minPeriodMs || periodMs > maxPeriodMs) {
    throw new Error(
      `"${text.slice(0, 100)}": after "every:" write a number and ms, s, m, h or d, from 100ms to 366d, such as "every: 2s"`,
    );
  }
  const index = (timeMs: number) => Math.floor(timeMs / periodMs);
  return {
    text,
    next: (afterMs) => (index(afterMs) + 1) * periodMs,
    between: (afterMs, untilMs) => {
      const slots = index(untilMs) - index(afterMs);
      if (slots <= 0) return null;
      return { firstDueAt: (index(afterMs) + 1) * periodMs, lastDueAt: index(untilMs) * periodMs, slots };
    },
    finite: false,
    longestGapMs: () => periodMs,
  };
}
