/**
 * Keeps a skill that fails again and again from burning the machine: after five failures in a row its schedule pauses, first for one
 * period, then for double as long with each further failure, at most 5 minutes. Its slots in the pause are missed, and recorded as
 * `backing-off`. Runs that are asked for by hand start all the same; the first success ends it.
 */
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Totals } from '../ledger/totals.ts';
import type { Skill } from '../skills/skill-file.ts';

export interface FailureBackoffOptions {
  readonly ledger: Pick<Ledger, 'latest'>;
  readonly totals: Pick<Totals, 'consecutiveFailures'>;
  readonly registry: Registry;
  readonly now?: () => number;
  /** Milliseconds on a clock that nobody sets. */
  readonly clock?: () => number;
}

const toleratedFailures = 5;
const maxPauseMs = 300_000;

export class FailureBackoff {
  readonly #options: Required<FailureBackoffOptions>;
  /** Skill → when its pause ends, by the clock that nobody sets; in the past: it has none. */
  readonly #ends = new Map<string, number>();

  constructor(options: FailureBackoffOptions) {
    this.#options = { now: Date.now, clock: () => performance.now(), ...options };
  }

  /** To be told of every run that ended, whatever its outcome. */
  ended(skill: Skill): void {
    this.#ends.set(skill.name, this.#options.clock() + this.#pauseMs(skill));
    this.until(skill);
  }

  isPaused(skill: Skill): boolean {
    return this.until(skill) !== null;
  }

  /** Unix ms; null: the skill does not pause. */
  until(skill: Skill): number | null {
    const { now, clock, registry } = this.#options;
    const leftMs = this.#endOf(skill) - clock();
    instrument(registry, 'openclaw_skill_backoff').set({ skill: skill.name }, leftMs > 0 ? 1 : 0);
    return leftMs > 0 ? Math.round(now() + leftMs) : null;
  }

  /** Of a skill that this runtime has not seen end: from the ledger. A clock that was set back meanwhile prolongs no pause. */
  #endOf(skill: Skill): number {
    const known = this.#ends.get(skill.name);
    if (known !== undefined) return known;
    const { ledger, now, clock } = this.#options;
    const pauseMs = this.#pauseMs(skill);
    const sinceMs = Math.max(0, now() - (ledger.latest(skill.name)?.finishedAt ?? 0));
    const end = clock() + pauseMs - sinceMs;
    this.#ends.set(skill.name, end);
    return end;
  }

  #pauseMs({ name, schedule }: Skill): number {
    const failures = this.#options.totals.consecutiveFailures(name) - toleratedFailures;
    if (failures < 0 || schedule === null) return 0;
    const next = schedule.next(this.#options.now());
    const afterNext = next === null ? null : schedule.next(next);
    if (next === null || afterNext === null) return 0;
    return Math.min(maxPauseMs, (afterNext - next) * 2 ** Math.min(failures, 30));
  }
}
