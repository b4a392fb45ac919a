/** Cron of five or six fields in a time zone. At a change of the clocks it does what Vixie cron does: README.md says what. */
import { Cron } from 'croner';
import { longestGapMs, timesOfDay } from './cron-pattern.ts';
import type { DueRange, Schedule } from './due-times.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** Due times up to this many are counted one by one, more of them by whole days and hours. */
const maxCounted = 1000;
/** What lies further back (four years) is counted at the average of the time since. */
const maxCountedMs = 1500 * dayMs;

const options = { mode: '5-or-6-parts', paused: true, fixedTimeRule: 'no-wildcard' } as const;

/** Throws an Error that says how to mend it. */
export function cron(text: string, timezone?: string): Schedule {
  const [, zone, pattern = text] = /^(?:CRON_)?TZ=(\S*)\s+(.*)$/s.exec(text) ?? [];
  if (zone !== undefined && timezone !== undefined && zone !== timezone)
    throw new Error(
      `"${text.slice(0, 100)}" names the time zone ${zone}, but timezone says ${timezone}: leave one out`,
    );
  const place = zone ?? timezone;
  const job = parse(text, pattern, place);
  const next = (afterMs: number) => job.nextRun(new Date(afterMs))?.getTime() ?? null;
  if (next(Date.now()) === null) throw new Error(`"${text.slice(0, 100)}" never comes due: no date matches it`);
  const times = timesOfDay(pattern);
  const stretch = (begins: string, lengthMs: number, slots: number): Stretch => {
    const starts = new Cron(begins, { ...options, ...zoneOption(place) });
    return { next: (afterMs) => starts.nextRun(new Date(afterMs))?.getTime() ?? afterMs + lengthMs, lengthMs, slots };
  };
  const stretches = [stretch('0 0 0 * * *', dayMs, times.perDay), stretch('0 0 * * * *', hourMs, times.perHour)];
  return {
    text: place === undefined ? pattern : `CRON_TZ=${place} ${pattern}`,
    next,
    between: (afterMs, untilMs) => between(job, next, stretches, afterMs, untilMs),
    finite: false,
    longestGapMs: () => longestGapMs(pattern, times),
  };
}

function parse(text: string, pattern: string, place: string | undefined): Cron {
  const shown = text.slice(0, 100);
  try {
    if (place !== undefined) new Intl.DateTimeFormat('en', { timeZone: place });
  } catch (error) {
    throw new Error(`"${shown}": there is no time zone "${place}": write one such as Europe/Berlin`, { cause: error });
  }
  try {
    return new Cron(pattern, { ...options, ...zoneOption(place) });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new Error(
      `"${shown}" is neither cron (five or six fields, such as "*/5 * * * *") nor "every: 2s" nor "at:" and a date: ${detail.slice(0, 200)}`,
      { cause: error },
    );
  }
}

/** The machine's own zone is left unnamed: dates in it cost a tenth of the time. */
function zoneOption(place: string | undefined) {
  const own = place === undefined || place === Intl.DateTimeFormat().resolvedOptions().timeZone;
  return own ? {} : { timezone: place };
}

/** A stretch of the calendar in which, if the clocks are not changed and it matches at all, there are always as many due times. */
interface Stretch {
  /** Where the next one begins. */
  readonly next: (afterMs: number) => number;
  readonly lengthMs: number;
  readonly slots: number;
}

type Next = Schedule['next'];

function between(
  job: Cron,
  next: Next,
  stretches: readonly Stretch[],
  afterMs: number,
  untilMs: number,
): DueRange | null {
  const firstDueAt = next(afterMs);
  if (firstDueAt === null || firstDueAt > untilMs) return null;
  let slots = 0;
  let due: number | null = firstDueAt;
  for (; due !== null && due <= untilMs && slots < maxCounted; due = next(due)) slots += 1;
  if (due !== null && due <= untilMs) slots += countRest(next, stretches, due - 1, untilMs);
  return { firstDueAt, lastDueAt: job.previousRuns(1, new Date(untilMs + 1))[0]?.getTime() ?? firstDueAt, slots };
}

function countRest(next: Next, stretches: readonly Stretch[], afterMs: number, untilMs: number): number {
  const countedFrom = Math.max(afterMs, untilMs - maxCountedMs);
  const counted = countBy(next, stretches, countedFrom, untilMs);
  return Math.round((counted * (untilMs - afterMs)) / (untilMs - countedFrom));
}

/** By whole stretches of the first kind; what they don't cover, and those in which the clocks are changed, by the finer ones. */
function countBy(next: Next, [stretch, ...finer]: readonly Stretch[], afterMs: number, untilMs: number): number {
  let slots = 0;
  let fromStart = false;
  for (let at = afterMs; at < untilMs; fromStart = true) {
    const first = next(at);
    if (first === null || first > untilMs) break;
    if (stretch === undefined) {
      at = first;
      slots += 1;
      continue;
    }
    const end = stretch.next(first);
    const regular = stretch.next(end - stretch.lengthMs - 1) === end - stretch.lengthMs;
    at = Math.min(end - 1, untilMs);
    slots += fromStart && regular && at < untilMs ? stretch.slots : countBy(next, finer, first - 1, at);
  }
  return slots;
}
