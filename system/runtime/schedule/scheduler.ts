/** Claims each slot at its due time, and at the start those that came due while the runtime was down. */
import type { Logger } from '../../layer/logger.ts';
import { inSpan, traceparentOf } from '../../layer/spans.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { DueSlots } from '../ledger/ledger-row.ts';
import type { Skill } from '../skills/skill.ts';
import { type Account, accountFor } from './accounting.ts';
import type { Schedule } from './due-times.ts';
import { maxOpen } from './overlap.ts';

/** The clock is looked at this often even if nothing is due: it may have been set. */
const maxSleepMs = 1000;
/** An account further ahead of the clock than this: the clock has been set back. */
const clockJumpMs = 60_000;
/** After so much work at once, the event loop gets its turn. */
const maxWorkMs = 50;

export interface SchedulerOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
  /** True if the skill's slots must wait for what it requires. */
  readonly mustWait: (skill: Skill) => boolean;
  /** True if the skill's schedule pauses, for it has failed again and again: its slots are missed. */
  readonly isPaused?: (skill: Skill) => boolean;
  /** Called after slots have been claimed; `due` names the runs that are to end for them. */
  readonly onClaimed: (due: readonly DueSlots[]) => void;
  readonly now?: () => number;
}

interface Entry {
  readonly skill: Skill;
  readonly schedule: Schedule;
  account: Account;
  /** The first slot after the account; null: there is none. Kept, for it costs more than all the rest of a tick. */
  nextDueAt: number | null;
  /** No fewer than its runs that are not finished. */
  openAtMost: number;
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #now: () => number;
  #entries = new Map<string, Entry>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Takes these skills' schedules from now on, and accounts at once for what has come due. */
  use(skills: readonly Skill[]): void {
    const { ledger } = this.#options;
    const now = this.#now();
    const before = this.#entries;
    const entries = new Map<string, Entry>();
    ledger.together(() => {
      for (const skill of skills) {
        const { name, schedule, enabled } = skill;
        if (schedule === null || !enabled) ledger.closeAccount(name);
        else entries.set(name, this.#entry(skill, schedule, before.get(name), now));
      }
    });
    this.#entries = entries;
    this.tick();
  }

  /** When the skill's next slot is due (Unix ms); null: never. */
  nextDueAt(skill: string): number | null {
    return this.#entries.get(skill)?.nextDueAt ?? null;
  }

  /** Claims what is due and sets the timer for what is due next. */
  tick(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    this.#noticeClock(now);
    const ready = [...this.#entries.values()]
      .filter(({ nextDueAt }) => nextDueAt !== null && nextDueAt <= now)
      .sort((a, b) => Number(a.nextDueAt) - Number(b.nextDueAt));
    const due: DueSlots[] = [];
    const began = performance.now();
    for (const entry of ready) {
      due.push(...this.#account(entry, now));
      if (performance.now() - began > maxWorkMs) break;
    }
    if (due.length > 0) {
      this.#claim(due, now);
      this.#options.onClaimed(due);
    }
    this.#sleep();
  }

  #claim(due: readonly DueSlots[], now: number): void {
    const { ledger } = this.#options;
    const slots = due.reduce((sum, { slots: claimed }) => sum + claimed.length, 0);
    const options = { parent: null, attributes: { 'openclaw.slots': slots } };
    if (slots === 0) ledger.claim(due, now);
    else inSpan('claim slots', options, (span) => ledger.claim(due, now, traceparentOf(span)));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#entries.clear();
  }

  #entry(skill: Skill, schedule: Schedule, before: Entry | undefined, now: number): Entry {
    if (before?.schedule.text === schedule.text) return { ...before, skill, schedule };
    const { ledger } = this.#options;
    // Dates that are past when they are first seen are owed as far as the skill catches up.
    const opensAt = schedule.finite ? now - skill.catchUp.windowMs : now;
    const until = ledger.openAccount(skill.name, schedule.text, opensAt);
    const { openedAt, furthest } = ledger.reach(skill.name);
    const account = { until, openedAt, furthest: Math.max(until, furthest) };
    return { skill, schedule, account, nextDueAt: schedule.next(until), openAtMost: Number.POSITIVE_INFINITY };
  }

  /** A clock that was set back must not keep the skills waiting until it has caught up with itself. */
  #noticeClock(now: number): void {
    for (const entry of this.#entries.values()) {
      const { until } = entry.account;
      if (until <= now + clockJumpMs) continue;
      this.#options.log.warn({ skill: entry.skill.name, until }, 'the clock was set back');
      entry.account = { ...entry.account, until: now };
      entry.nextDueAt = entry.schedule.next(now);
    }
  }

  #account(entry: Entry, now: number): DueSlots[] {
    const { ledger, log, mustWait, isPaused } = this.#options;
    const { skill, schedule } = entry;
    const { account, due } = accountFor(skill, schedule, entry.account, {
      now,
      waits: mustWait(skill),
      paused: isPaused?.(skill) ?? false,
      hasRun: (dueAt) => ledger.hasRun(skill.name, dueAt),
      open: () => this.#open(entry),
    });
    entry.account = account;
    entry.nextDueAt = schedule.next(account.until);
    if (due === undefined) return [];
    entry.openAtMost += due.slots.length;
    for (const { reason, slots } of due.missed) log.warn({ skill: skill.name, reason, slots }, 'slots missed');
    return [due];
  }

  #open(entry: Entry): ReturnType<Ledger['open']> {
    const { overlap, name } = entry.skill;
    // Not read for each slot: they may be thousands.
    if (overlap === 'buffer-all' && entry.openAtMost < maxOpen) return [];
    const open = this.#options.ledger.open(name);
    entry.openAtMost = open.length;
    return open;
  }

  #sleep(): void {
    if (this.#entries.size === 0) return;
    const now = this.#now();
    let sleepMs = maxSleepMs;
    for (const { nextDueAt } of this.#entries.values()) {
      if (nextDueAt !== null) sleepMs = Math.min(sleepMs, Math.max(0, nextDueAt - now));
    }
    this.#timer = setTimeout(() => this.tick(), sleepMs);
  }
}
