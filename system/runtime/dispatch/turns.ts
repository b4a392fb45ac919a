/** Whose turn it is to start: of the skills that have a run ready, the one whose last start is the longest ago. */
import type { QueuedRun } from '../ledger/ledger-row.ts';

type Ready = Pick<QueuedRun, 'skill' | 'queuedAt' | 'late'>;

/**
 * Round robin, so that a skill with a backlog, however old, never starves another one: a ready run waits for at most one start of each
 * other skill. Skills that have never started anything go first, the oldest run of them first.
 */
export class Turns<Run extends Ready> {
  readonly #ready = new Map<string, Run>();
  readonly #lastStart = new Map<string, number>();
  #starts = 0;

  /** `run` is what the skill would start next; undefined: nothing. */
  offer(skill: string, run: Run | undefined): void {
    if (run === undefined) this.#ready.delete(skill);
    else this.#ready.set(skill, run);
  }

  /** The run whose turn it is among those that may start now; it is no longer on offer. */
  take(mayStart: (run: Run) => boolean): Run | undefined {
    let first: Run | undefined;
    for (const run of this.#ready.values()) {
      if ((first === undefined || this.#before(run, first)) && mayStart(run)) first = run;
    }
    if (first !== undefined) this.#ready.delete(first.skill);
    return first;
  }

  /** What is on offer of the skill; it no longer is. */
  withdraw(skill: string): Run | undefined {
    const run = this.#ready.get(skill);
    this.#ready.delete(skill);
    return run;
  }

  started(skill: string): void {
    this.#starts += 1;
    this.#lastStart.set(skill, this.#starts);
  }

  #before(a: Run, b: Run): boolean {
    const difference = (this.#lastStart.get(a.skill) ?? 0) - (this.#lastStart.get(b.skill) ?? 0);
    return difference < 0 || (difference === 0 && a.queuedAt < b.queuedAt);
  }
}
