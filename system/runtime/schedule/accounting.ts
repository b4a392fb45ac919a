/** What becomes of the slots that have come due: which are claimed, which are missed and why. Pure, but for what it asks of the ledger. */
import type { DueSlots, MissedSlots, QueuedRun } from '../ledger/ledger-row.ts';
import type { Skill } from '../skills/skill.ts';
import type { Schedule } from './due-times.ts';
import { startOf } from './jitter.ts';
import { decideOverlap } from './overlap.ts';

export interface Account {
  /** The slots up to here have been dealt with, as far as the clock as it is now has come. */
  readonly until: number;
  /** In the future if the clock was ahead when the account was opened: nothing is on record of slots before it. */
  readonly openedAt: number;
  /** How far it has come before it was set back; else the same as `until`. What was missed up to here is on record already. */
  readonly furthest: number;
}

export interface Circumstances {
  readonly now: number;
  /** The slots must wait for what the skill requires. */
  readonly waits: boolean;
  /** The schedule pauses, for the skill has failed again and again. */
  readonly paused?: boolean;
  /** Whether the slot has had a run, finished or not. Asked only of slots up to the account's `furthest`. */
  readonly hasRun: (dueAt: number) => boolean;
  /** Runs of the skill's earlier slots that are not finished. */
  readonly open: () => readonly Pick<QueuedRun, 'id'>[];
}

export interface Accounted {
  readonly account: Account;
  /** What is to be recorded; undefined: nothing. */
  readonly due?: DueSlots;
}

/** A slot claimed later than this after its due time is caught up, not on time. */
const onTimeMs = 1000;
/** A skill that catches up none still takes a slot that is late by no more: it is a busy machine, not an absence. */
const toleranceMs = 10_000;
/** Claimed in one go; what is left over is claimed in the next. */
const maxClaims = 500;

/**
 * Deals with slots in (until, now], or the first part of them: while the account's `until` moves, there may be more. After a clock was set
 * back, slots pass a second time: those that have a run are left alone, and none is recorded as missed again.
 */
export function accountFor(skill: Skill, schedule: Schedule, account: Account, at: Circumstances): Accounted {
  const again = account.until < account.furthest && account.openedAt <= at.now;
  const end = again ? Math.min(account.furthest, at.now) : at.now;
  const { missed, from } = passOver(skill, schedule, account.until, end, at);
  const passed: number[] = [];
  let until = from;
  for (
    let due = schedule.next(from);
    due !== null && due <= end && passed.length < maxClaims;
    due = schedule.next(due)
  ) {
    passed.push(due);
    until = due;
  }
  if (passed.length < maxClaims && again) until = end;
  const due = again ? passed.filter((slot) => !at.hasRun(slot)) : passed;
  const {
    claimed,
    missed: overlapping,
    cancelled,
  } = decideOverlap(skill.overlap, due, due.length > 0 ? at.open() : []);
  const allMissed = again ? [] : [...missed, ...rangeOf(overlapping)];
  const reached = { ...account, until, furthest: Math.max(account.furthest, until) };
  if (claimed.length === 0 && allMissed.length === 0) return { account: reached };
  const slots = claimed.map((dueAt) => slotOf(skill, dueAt, at));
  const recorded = { skill: skill.name, schedule: schedule.text, until, slots, missed: allMissed, cancel: cancelled };
  return { account: reached, due: recorded };
}

/** The slots up to `end` that the skill's policy does not catch up. `from`: where the others begin. */
function passOver({ catchUp }: Skill, schedule: Schedule, until: number, end: number, { now, paused }: Circumstances) {
  const missed: MissedSlots[] = [];
  let from = until;
  const pass = (to: number, reason: MissedSlots['reason']) => {
    const last = Math.min(to, end);
    if (last <= from) return;
    const range = schedule.between(from, last);
    if (range === null) return;
    missed.push({ ...range, reason });
    from = last;
  };
  pass(now - catchUp.windowMs, 'catch-up-window');
  if (catchUp.policy === 'none') pass(now - toleranceMs, 'catch-up-none');
  if (catchUp.policy === 'latest') pass((schedule.between(from, now)?.lastDueAt ?? 0) - 1, 'catch-up-latest');
  if (paused) pass(now, 'backing-off');
  return { missed, from };
}

function slotOf({ name, jitterMs }: Skill, dueAt: number, { now, waits }: Circumstances): DueSlots['slots'][number] {
  const fate = waits ? 'deferred' : dueAt < now - onTimeMs ? 'caught-up' : 'claimed';
  const notBefore = startOf(name, dueAt, jitterMs);
  return notBefore > now ? { dueAt, fate, notBefore } : { dueAt, fate };
}

function rangeOf(slots: readonly number[]): MissedSlots[] {
  const [firstDueAt, lastDueAt] = [slots[0], slots.at(-1)];
  if (firstDueAt === undefined || lastDueAt === undefined) return [];
  return [{ firstDueAt, lastDueAt, slots: slots.length, reason: 'overlap' }];
}
