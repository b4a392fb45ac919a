/** When a skill is due: five- or six-field cron in local time, or `every: 2s`, whose multiples count from the Unix epoch. */
import { Cron } from 'croner';
import { durationMs } from '../skills/duration.ts';

export interface Schedule {
  /** As written; another text is another schedule. */
  readonly text: string;
  /** First due time (Unix ms) after `afterMs`, or null if there is none. */
  next(afterMs: number): number | null;
  /** Due times in (afterMs, untilMs]; at most 10,000 are counted one by one. */
  count(afterMs: number, untilMs: number): number;
}

const minPeriodMs = 100;
const maxPeriodMs = 366 * 86_400_000;
const maxCounted = 10_000;

/** Throws an Error whose message says what is wrong with `text` and how to mend it. */
export function parseSchedule(text: string): Schedule {
  const every = /^every(?:\s*:\s*|\s+)(.*)$/.exec(text.trim());
  return every ? periodic(text, every[1] ?? '') : cron(text.trim());
}

function periodic(text: string, period: string): Schedule {
  const periodMs = durationMs(period);
  if (periodMs === undefined || periodMs < minPeriodMs || periodMs > maxPeriodMs) {
    throw new Error(
      `"${text}": after "every:" write a number and ms, s, m, h or d, from 100ms to 366d, such as "every: 2s"`,
    );
  }
  return {
    text,
    next: (afterMs) => (Math.floor(afterMs / periodMs) + 1) * periodMs,
    count: (afterMs, untilMs) => Math.max(0, Math.floor(untilMs / periodMs) - Math.floor(afterMs / periodMs)),
  };
}

function cron(text: string): Schedule {
  const next = cronNext(text);
  if (next(Date.now()) === null) throw new Error(`"${text}" never comes due: no date matches it`);
  return { text, next, count: (afterMs, untilMs) => countOneByOne(next, afterMs, untilMs) };
}

function cronNext(text: string): (afterMs: number) => number | null {
  try {
    const job = new Cron(text, { mode: '5-or-6-parts', paused: true });
    return (afterMs) => job.nextRun(new Date(afterMs))?.getTime() ?? null;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `"${text}" is neither cron (five or six fields, such as "*/5 * * * *") nor "every: 2s": ${detail}`,
      { cause: error },
    );
  }
}

function countOneByOne(next: Schedule['next'], afterMs: number, untilMs: number): number {
  let count = 0;
  for (let due = next(afterMs); due !== null && due <= untilMs && count < maxCounted; due = next(due)) count += 1;
  return count;
}
