/** Reads when a skill is due: cron of five or six fields, `every: 2s`, or `at: 2026-03-01T09:00:00+01:00`. README.md says what each means. */
import { cron } from './cron.ts';
import { dates } from './dates.ts';
import type { Schedule } from './due-times.ts';
import { periodic } from './periodic.ts';

export type { Schedule } from './due-times.ts';

/**
 * `timezone` is that of a cron that names none itself (`CRON_TZ=Europe/Berlin 0 9 * * *`); without either it is the machine's.
 * Throws an Error whose message says what is wrong with `text` and how to mend it.
 */
export function parseSchedule(text: string, timezone?: string): Schedule {
  const [, kind, rest = ''] = /^(every|at)(?:\s*:\s*|\s+)(.*)$/s.exec(text.trim()) ?? [];
  if (kind === undefined) return cron(text.trim(), timezone);
  if (timezone !== undefined) throw new Error(`"${text.slice(0, 100)}" has no use for a timezone: only cron has one`);
  return kind === 'every' ? periodic(text, rest) : dates(rest);
}
