/** Claims each slot at its due time, and at the start those that came due while the runtime was down. */
import type { Logger } from '../../layer/logger.ts';
import type { DueSlots, Ledger } from '../ledger/ledger.ts';
import type { Skill } from '../skills/skill-file.ts';
import type { Schedule } from './schedule.ts';

/** A slot that came due longer ago than this is not caught up, but counted as missed. */
const catchUpWindowMs = 3_600_000;
/** A slot claimed later than this after its due time is caught up, not on time. */
const onTimeMs = 1000;
/** The clock is looked at this often even if nothing is due: it may have been set. */
const maxSleepMs = 1000;
/** An account further ahead of the clock than this: the clock has been set back. */
const clockJumpMs = 60_000;

export interface SchedulerOptions {
  readonly ledger: Ledger;
  readonly log: Logger;
  /** True if the skill's slots must wait for what it requires. */
  readonly mustWait: (skill: Skill) => boolean;
  /** Called after slots have been claimed. */
  readonly onClaimed: () => void;
  readonly now?: () => number;
}

interface Entry {
  readonly skill: Skill;
  readonly schedule: Schedule;
  accountedUntil: number;
}

export class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #now: () => number;
  #entries: Entry[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  /** Takes these skills' schedules from now on, and accounts at once for what has come due. */
  use(skills: Iterable<Skill>): void {
    const { ledger } = this.#options;
    const now = this.#now();
    this.#entries = [];
    for (const skill of skills) {
      const { name, schedule } = skill;
      if (schedule === null) ledger.closeAccount(name);
      else this.#entries.push({ skill, schedule, accountedUntil: ledger.openAccount(name, schedule.text, now) });
    }
    this.tick();
  }

  /** Claims what is due and sets the timer for what is due next. */
  tick(): void {
    clearTimeout(this.#timer);
    const now = this.#now();
    const due = this.#entries.flatMap((entry) => this.#dueOf(entry, now) ?? []);
    if (due.length > 0) {
      this.#options.ledger.claim(due, now);
      this.#options.onClaimed();
    }
    this.#sleep();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#entries = [];
  }

  #dueOf(entry: Entry, now: number): DueSlots | undefined {
    if (entry.accountedUntil > now + clockJumpMs) {
      this.#options.log.warn({ skill: entry.skill.name, accountedUntil: entry.accountedUntil }, 'the clock went back');
      entry.accountedUntil = now;
    }
    const { skill, schedule } = entry;
    const windowStart = now - catchUpWindowMs;
    const missed = entry.accountedUntil < windowStart ? schedule.count(entry.accountedUntil, windowStart) : 0;
    const slots: DueSlots['slots'][number][] = [];
    const waits = this.#options.mustWait(skill);
    let until = Math.max(entry.accountedUntil, windowStart);
    for (let dueAt = schedule.next(until); dueAt !== null && dueAt <= now; dueAt = schedule.next(dueAt)) {
      slots.push({ dueAt, fate: waits ? 'deferred' : dueAt < now - onTimeMs ? 'caught-up' : 'claimed' });
      until = dueAt;
    }
    if (slots.length === 0 && missed === 0) return undefined;
    if (missed > 0) this.#options.log.warn({ skill: skill.name, missed }, 'slots too old to be caught up');
    entry.accountedUntil = until;
    return { skill: skill.name, schedule: schedule.text, until, slots, missed };
  }

  #sleep(): void {
    const now = this.#now();
    let sleepMs = maxSleepMs;
    for (const { schedule, accountedUntil } of this.#entries) {
      const next = schedule.next(accountedUntil);
      if (next !== null) sleepMs = Math.min(sleepMs, Math.max(0, next - now));
    }
    if (this.#entries.length > 0) this.#timer = setTimeout(() => this.tick(), sleepMs);
  }
}
