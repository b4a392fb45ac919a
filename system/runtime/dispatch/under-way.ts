/** The runs that are under way. */
import type { QueuedRun } from '../ledger/ledger-row.ts';

export class UnderWay {
  readonly #runs = new Map<string, QueuedRun>();
  /** At most one a skill, but for what an earlier runtime left. */
  readonly #bySkill = new Map<string, number>();
  #catchingUp = 0;

  get runs(): readonly QueuedRun[] {
    return [...this.#runs.values()];
  }

  get size(): number {
    return this.#runs.size;
  }

  /** Those that could not start at their time. */
  get catchingUp(): number {
    return this.#catchingUp;
  }

  has(skill: string): boolean {
    return this.#bySkill.has(skill);
  }

  add(run: QueuedRun): void {
    this.#runs.set(run.id, run);
    this.#bySkill.set(run.skill, (this.#bySkill.get(run.skill) ?? 0) + 1);
    if (run.late) this.#catchingUp += 1;
  }

  delete(id: string): void {
    const run = this.#runs.get(id);
    if (run === undefined) return;
    this.#runs.delete(id);
    const left = (this.#bySkill.get(run.skill) ?? 1) - 1;
    if (left === 0) this.#bySkill.delete(run.skill);
    else this.#bySkill.set(run.skill, left);
    if (run.late) this.#catchingUp -= 1;
  }
}
