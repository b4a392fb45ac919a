/** Decides the slots that a rebuild has left in doubt, once their schedules are known: none of them runs again. */
import type { Logger } from '../../layer/logger.ts';
import type { Ledger } from './ledger.ts';

/** As far as a schedule is needed for it. */
interface Due {
  next(afterMs: number): number | null;
  between(
    afterMs: number,
    untilMs: number,
  ): { readonly firstDueAt: number; readonly lastDueAt: number; readonly slots: number } | null;
}

/** Slots of a skill that get a row each; the older ones of a longer time are recorded as one range. */
const maxRows = 1000;

/** How many slots are unknown. To be called before the skills' slots are claimed. Skills that are not here stay in doubt. */
export function settle(
  ledger: Ledger,
  skills: Iterable<{ readonly name: string; readonly schedule: Due | null }>,
  log: Pick<Logger, 'error'>,
  now: number,
): number {
  const doubts = ledger.doubts();
  if (doubts.length === 0) return 0;
  const schedules = new Map([...skills].map(({ name, schedule }) => [name, schedule]));
  const unknown = ledger.write(() => {
    let lost = 0;
    for (const doubt of doubts) {
      const schedule = schedules.get(doubt.skill);
      if (schedule == null) continue;
      lost += settleSkill(ledger, doubt.skill, slotsIn(schedule, doubt.from, doubt.until), now);
      ledger.settleAccount(doubt);
    }
    if (lost > 0) ledger.noteLoss(`the ledger lost some of its memory: the fate of ${lost} slots is unknown`, now);
    return lost;
  });
  if (unknown > 0) log.error({ unknown }, 'slots whose fate is unknown: they are not run again');
  return unknown;
}

interface InDoubt {
  readonly older: ReturnType<Due['between']>;
  readonly newest: readonly number[];
}

function slotsIn(schedule: Due, from: number, until: number): InDoubt {
  let cut = from;
  for (let span = until - from; (schedule.between(cut, until)?.slots ?? 0) > maxRows; ) {
    span = Math.floor(span / 2);
    cut = until - span;
  }
  const newest: number[] = [];
  for (let due = schedule.next(cut); due !== null && due <= until; due = schedule.next(due)) newest.push(due);
  return { older: schedule.between(from, cut), newest };
}

function settleSkill(ledger: Ledger, skill: string, { older, newest }: InDoubt, now: number): number {
  const lost = newest.filter((dueAt) => ledger.get(`${skill}@${dueAt}`) === undefined);
  for (const dueAt of lost) ledger.loseSlot(skill, dueAt, now);
  if (older !== null) ledger.loseSlots(skill, older, now);
  return lost.length + (older?.slots ?? 0);
}
