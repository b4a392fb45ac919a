/** What is forgotten of old runs, and what never before its time: the idempotency keys of the last day. */
import type { DatabaseSync } from 'node:sqlite';
import { ProblemError } from '../../layer/problem.ts';
import type { Limits } from '../limits.ts';
import type { RunRow } from './run.ts';

/** Now and then is enough: the limits are there to bound the file. */
const everyRuns = 100;
const keysRetryAfterSeconds = 60;

export class RunRetention {
  readonly #limits: Limits;
  readonly #statements;
  /** As of the last count; at most {@link everyRuns} too few. */
  #keys: number;

  constructor(db: DatabaseSync, limits: Limits, now = Date.now()) {
    this.#limits = limits;
    this.#statements = {
      countKeys: db.prepare('SELECT count(*) AS keys FROM run WHERE idempotency_key IS NOT NULL AND requested_at > ?'),
      forgetKeys: db.prepare(
        'UPDATE run SET idempotency_key = NULL WHERE idempotency_key IS NOT NULL AND requested_at <= ?',
      ),
      forgetOutputs: db.prepare('UPDATE run SET output = NULL WHERE output IS NOT NULL AND number <= ?'),
      forgetFinished: db.prepare(
        "DELETE FROM run WHERE number <= ? AND state = 'finished' AND idempotency_key IS NULL",
      ),
      forgetUnfinished: db.prepare(`
        DELETE FROM run WHERE number <= ? AND state IN ('accepted', 'started') AND idempotency_key IS NULL
          AND NOT EXISTS (SELECT 1 FROM command WHERE command.id = run.id AND command.pending = 1)`),
    };
    this.#keys = this.#countKeys(now);
  }

  isOldKey({ requested_at }: RunRow, now: number): boolean {
    return requested_at !== null && requested_at <= now - this.#limits.idempotencyKeyMs;
  }

  /** Throws a 429 problem while as many keys are kept as may be. */
  refuseKeys(now: number): void {
    const { idempotencyKeys } = this.#limits;
    if (this.#keys < idempotencyKeys) return;
    // While everything is refused nothing else counts anew.
    this.#keys = this.#countKeys(now);
    if (this.#keys < idempotencyKeys) return;
    const detail = `${idempotencyKeys} idempotency keys are kept: ask again when the oldest have been forgotten`;
    throw new ProblemError(429, 'OPENCLAW_TOO_MANY_KEYS', detail, [], keysRetryAfterSeconds);
  }

  /** To be called with the number of the run that changed, in the transaction of the change. */
  tidy(number: number, now: number): void {
    if (number % everyRuns !== 0) return;
    const { runsKept, outputsKept, idempotencyKeyMs } = this.#limits;
    this.#statements.forgetKeys.run(now - idempotencyKeyMs);
    this.#statements.forgetOutputs.run(number - outputsKept);
    this.#statements.forgetFinished.run(number - runsKept);
    this.#statements.forgetUnfinished.run(number - 2 * runsKept);
    this.#keys = this.#countKeys(now);
  }

  /** Of those that still stand for their run. */
  #countKeys(now: number): number {
    return Number(this.#statements.countKeys.get(now - this.#limits.idempotencyKeyMs)?.keys);
  }
}
