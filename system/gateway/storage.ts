/** The gateway's database as its stores write it. While the disk takes nothing, writers are told when to come again, and reading goes on. */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../layer/database.ts';
import { ProblemError } from '../layer/problem.ts';
import { isOutOfDisk } from '../layer/sqlite-error.ts';

const retryAfterSeconds = 2;

export class Storage {
  readonly db: DatabaseSync;
  readonly #retryMs: number;
  #failure: string | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(db: DatabaseSync, retryMs: number) {
    this.db = db;
    this.#retryMs = retryMs;
  }

  /** Why nothing can be written just now, for people; undefined while all is well. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /**
   * Commits what `fn` (synchronous) did, or nothing of it; within another commit it is part of that one, and who goes on
   * there after it threw keeps what it did until then. Throws a 503 problem while the disk takes nothing.
   */
  commit<T>(fn: () => T): T {
    if (this.db.isTransaction) return fn();
    try {
      return transaction(this.db, fn);
    } catch (error) {
      if (!isOutOfDisk(error)) throw error;
      const reason = (error as Error).message;
      this.#failure = `${this.db.location() ?? 'memory'} cannot be written: ${reason}`;
      this.#retry ??= setTimeout(() => this.#tryToWrite(), this.#retryMs).unref();
      const detail = `nothing can be stored now (${reason}): ask again`;
      throw new ProblemError(503, 'OPENCLAW_STORAGE', detail, [], retryAfterSeconds);
    }
  }

  close(): void {
    clearTimeout(this.#retry);
    this.db.close();
  }

  /** Others may not come to write for a while, or have nothing new to write: what they achieve says little. */
  #tryToWrite(): void {
    this.#retry = undefined;
    try {
      // A page of its own has to be found, as for any row.
      this.commit(() => this.db.exec('CREATE TABLE storage_probe (x); DROP TABLE storage_probe;'));
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
    }
  }
}
