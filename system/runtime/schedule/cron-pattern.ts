/** What a cron pattern says by itself, without a date: its times of day, and how far apart its due times can lie. */
import { Cron, CronPattern } from 'croner';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const mode = '5-or-6-parts';
/** Patterns of days repeat within so many matching days, those that leave out months within a year of them. */
const daysOfAMonth = 62;
const daysOfAYear = 400;

export interface TimesOfDay {
  /** Due times of a day that matches. */
  readonly perDay: number;
  /** Those of an hour that matches. */
  readonly perHour: number;
  /** Since midnight. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly longestGapMs: number;
}

export function timesOfDay(text: string): TimesOfDay {
  const { hour, minute, second } = new CronPattern(text, undefined, { mode });
  const [hours, minutes, seconds] = [set(hour), set(minute), set(second)];
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => ((h * 60 + m) * 60 + s) * 1000)));
  const gaps = times.map((time, index) => time - (times[index - 1] ?? time));
  return {
    perDay: times.length,
    perHour: minutes.length * seconds.length,
    firstMs: times[0] ?? 0,
    lastMs: times.at(-1) ?? 0,
    longestGapMs: gaps.reduce((longest, gap) => Math.max(longest, gap), 0),
  };
}

/** Includes the hour by which a change of the clocks can stretch whatever is longer than one. */
export function longestGapMs(text: string, times: TimesOfDay): number {
  const overnight = longestGapOfDays(text) * dayMs - (times.lastMs - times.firstMs);
  const longest = Math.max(times.longestGapMs, overnight);
  return longest > hourMs ? longest + hourMs : longest;
}

/** Days from one that matches to the next. */
function longestGapOfDays(text: string): number {
  const { starDOM, starDOW, month } = new CronPattern(text, undefined, { mode });
  const everyMonth = month.every(Boolean);
  if (starDOM && starDOW && everyMonth) return 1;
  // The seconds, the minute and the hour are what comes before the last three fields.
  const days = new Cron(`0 0 0 ${fieldsOf(text).slice(-3).join(' ')}`, { mode, paused: true, utcOffset: 0 });
  const matching = days.nextRuns(everyMonth ? daysOfAMonth : daysOfAYear, new Date(0)).map(Number);
  const gaps = matching.map((day, index) => day - (matching[index - 1] ?? day));
  return Math.round(gaps.reduce((longest, gap) => Math.max(longest, gap), dayMs) / dayMs);
}

/** A nickname that is not `@daily` or shorter stands for the first day of a week, a month or a year. */
function fieldsOf(text: string): readonly string[] {
  const nicknames: Readonly<Record<string, string>> = {
    '@weekly': '* * 0',
    '@monthly': '1 * *',
    '@yearly': '1 1 *',
    '@annually': '1 1 *',
  };
  return (nicknames[text.trim().toLowerCase()] ?? text.trim()).split(/\s+/);
}

const set = (part: readonly number[]) => part.flatMap((on, value) => (on ? [value] : []));
