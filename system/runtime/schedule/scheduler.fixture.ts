/** A skill, a ledger in memory, and a clock in the test's hand. */
import { Registry } from 'prom-client';
import { createLogger } from '../../layer/logger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import type { Skill } from '../skills/skill.ts';
import { parseSchedule } from './schedule.ts';
import { Scheduler } from './scheduler.ts';
import { withdraw } from './withdraw.ts';

const log = createLogger('test', 'silent');

export function aSkill(schedule: string | null, more: Partial<Skill> = {}): Skill {
  return {
    name: 'beat',
    description: 'Beats.',
    schedule: schedule === null ? null : parseSchedule(schedule),
    enabled: true,
    command: ['true'],
    timeoutMs: 1000,
    graceMs: 5000,
    requires: [],
    overlap: 'buffer-all',
    catchUp: { policy: 'all', windowMs: 3_600_000 },
    jitterMs: 0,
    retries: { max: 0, backoffMs: 5000 },
    freshWithinMs: null,
    ...more,
  };
}

function setOf(skills: readonly Skill[]) {
  return { skills: new Map(skills.map((skill) => [skill.name, skill])), problems: new Map(), folderProblem: null };
}

/** Timers must be fake: it is the test that looks. */
export class SchedulerWorld implements Disposable {
  readonly registry = new Registry();
  readonly #state = openLedgerInMemory({ registry: this.registry });
  readonly ledger: Ledger = this.#state.ledger;
  now: number;
  waits = false;
  #skills: readonly Skill[];
  #scheduler: Scheduler | undefined;

  constructor(now: number, ...skills: readonly Skill[]) {
    this.now = now;
    this.#skills = skills;
    this.restart();
  }

  get scheduler(): Scheduler {
    if (this.#scheduler === undefined) throw new Error('the runtime is down');
    return this.#scheduler;
  }

  stop(): void {
    this.#scheduler?.stop();
    this.#scheduler = undefined;
  }

  restart(): void {
    this.stop();
    this.#scheduler = new Scheduler({
      ledger: this.ledger,
      log,
      mustWait: () => this.waits,
      onClaimed: () => undefined,
      now: () => this.now,
    });
    this.use(...this.#skills);
  }

  use(...skills: readonly Skill[]): void {
    this.#skills = skills;
    this.useSet(setOf(skills));
    this.look();
  }

  useSet(set: Parameters<typeof withdraw>[2]): void {
    withdraw(this.ledger, log, set, this.now);
    this.scheduler.use([...set.skills.values()]);
  }

  /** The clock moves, or is set, by so much; then the scheduler looks. */
  move(ms: number): void {
    this.now += ms;
    this.look();
  }

  /** The clock goes on, and the scheduler looks once a second. */
  pass(ms: number): void {
    for (let left = ms; left > 0; left -= 1000) this.move(Math.min(left, 1000));
  }

  /** Until nothing is due any more. */
  look(): void {
    do this.#scheduler?.tick();
    while (this.#skills.some(({ name }) => (this.#scheduler?.nextDueAt(name) ?? Number.POSITIVE_INFINITY) <= this.now));
  }

  /** Due times with a run, in their order. */
  dues(skill = 'beat'): number[] {
    const rows = this.ledger.changes(0, 1_000_000, { skill });
    return rows.flatMap(({ dueAt }) => dueAt ?? []).sort((a, b) => a - b);
  }

  missed() {
    return this.ledger.missed(0, 1_000_000).map(({ reason, slots, firstDueAt, lastDueAt }) => {
      return { reason, slots, firstDueAt, lastDueAt };
    });
  }

  /** Ends every run of the skill that has not ended. */
  finishAll(skill = 'beat'): void {
    for (const { id, attempt } of this.ledger.open(skill)) {
      this.ledger.started(id, this.now);
      const ended = { attempt, outcome: 'succeeded', at: this.now, reason: null, exitCode: 0, signal: null } as const;
      this.ledger.finished(id, { ...ended, output: null });
    }
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#state.close();
  }
}
