/** `at: 2026-03-01T09:00:00+01:00`, or several such dates with commas between them: due once at each. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Schedule } from './due-times.ts';

const maxDates = 100;
const maxText = 200;
const isoDate = z.iso.datetime({ offset: true });

/** Throws an Error that says how to mend it. */
export function dates(list: string): Schedule {
  const texts = list.split(',').map((date) => date.trim());
  if (texts.length > maxDates) throw new Error(`"at:" takes ${maxDates} dates at most`);
  const dueTimes = [...new Set(texts.map(dueTime))].sort((a, b) => a - b);
  return {
    text: textOf(dueTimes),
    next: (afterMs) => dueTimes.find((due) => due > afterMs) ?? null,
    between: (afterMs, untilMs) => {
      const within = dueTimes.filter((due) => due > afterMs && due <= untilMs);
      const [firstDueAt, lastDueAt] = [within[0], within.at(-1)];
      return firstDueAt === undefined || lastDueAt === undefined
        ? null
        : { firstDueAt, lastDueAt, slots: within.length };
    },
    finite: true,
    longestGapMs: () => null,
  };
}

function dueTime(text: string): number {
  const due = isoDate.safeParse(text).success ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(due) && due >= 0) return due;
  throw new Error(
    `"${text.slice(0, 50)}": after "at:" write a date with its offset from UTC, such as 2026-03-01T09:00:00+01:00 or …T08:00:00Z`,
  );
}

/** The same dates give the same text, however they are written; many are told by their number and their fingerprint. */
function textOf(dueTimes: readonly number[]): string {
  const all = `at: ${dueTimes.map((due) => new Date(due).toISOString()).join(', ')}`;
  if (all.length <= maxText) return all;
  const fingerprint = createHash('sha256').update(all).digest('hex').slice(0, 12);
  return `${all.slice(0, 28)}, … (${dueTimes.length} dates, ${fingerprint})`;
}
