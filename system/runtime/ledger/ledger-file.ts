/**
 * The ledger's database as its writers see it: one transaction at a time, and what follows from one only once it is committed.
 * When the disk takes no writes (full, read-only, failing) it goes on in memory, and returns to the disk as soon as that can be written
 * again. What was only in memory is lost if the process dies before: attempts of that time are found by their folders.
 */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../layer/database.ts';
import { isOutOfDisk } from '../../layer/sqlite-error.ts';
import type { Ballast } from './ballast.ts';
import { returnToDisk, shadowInMemory } from './memory-tables.ts';

export interface LedgerFileOptions {
  readonly ballast?: Pick<Ballast, 'load' | 'drop'>;
  readonly retryMs?: number;
  /** Told when the disk fails (with why) and when it is used again (null). */
  readonly onDisk?: (trouble: string | null) => void;
  /** Given if the database is not the file at all, which could not be opened. */
  readonly detached?: {
    readonly trouble: string;
    /** Brings the database to the file; throws SQLite's error while that takes no writes. */
    readonly save: (db: DatabaseSync) => void;
    /** It is there: the process is to start anew on it. */
    readonly onSaved: () => void;
  };
}

export class LedgerFile {
  readonly db: DatabaseSync;
  readonly #options: LedgerFileOptions;
  #committed: (() => void)[] = [];
  #rolledBack: (() => void)[] = [];
  #trouble: string | null = null;
  #retry: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(db: DatabaseSync, options: LedgerFileOptions = {}) {
    this.db = db;
    this.#options = options;
    if (options.detached === undefined) return;
    this.#trouble = options.detached.trouble;
    options.onDisk?.(this.#trouble);
    this.#tryLater();
  }

  /** Why the ledger is in memory only; null: it is on disk. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Commits what `fn` did, or nothing of it; `fn` may be called again. Within another write it is part of that one. */
  write<T>(fn: () => T): T {
    if (this.db.isTransaction) return fn();
    try {
      return this.#commit(fn);
    } catch (error) {
      if (!isOutOfDisk(error) || this.#trouble !== null) throw error;
      return this.#writeWithoutDisk(fn, error as Error);
    }
  }

  /** Counters in this process are not rolled back with the database, so they wait for the commit. */
  onceCommitted(effect: () => void): void {
    if (this.db.isTransaction) this.#committed.push(effect);
    else effect();
  }

  /** For what could not wait. */
  ifRolledBack(undo: () => void): void {
    if (this.db.isTransaction) this.#rolledBack.push(undo);
  }

  /** True if the ledger is on disk now. */
  tryDisk(): boolean {
    if (this.#trouble === null) return true;
    clearTimeout(this.#retry);
    const { detached } = this.#options;
    try {
      if (detached === undefined) returnToDisk(this.db);
      else detached.save(this.db);
    } catch (error) {
      if (!isOutOfDisk(error)) throw error;
      this.#tryLater();
      return false;
    }
    this.#trouble = null;
    this.#options.onDisk?.(null);
    if (!this.#closing) detached?.onSaved();
    return true;
  }

  /** For a moment when nothing is urgent. */
  makeReserve(): void {
    if (this.#trouble === null) this.#options.ballast?.load();
  }

  close(): void {
    if (!this.db.isOpen) return;
    this.#closing = true;
    this.tryDisk();
    clearTimeout(this.#retry);
    this.db.close();
  }

  #commit<T>(fn: () => T): T {
    try {
      const result = transaction(this.db, fn);
      this.#rolledBack = [];
      for (const effect of this.#committed.splice(0)) effect();
      return result;
    } catch (error) {
      this.#committed = [];
      for (const undo of this.#rolledBack.splice(0).reverse()) undo();
      throw error;
    }
  }

  #writeWithoutDisk<T>(fn: () => T, error: Error): T {
    if (this.#options.ballast?.drop() === true) return this.write(fn);
    shadowInMemory(this.db);
    this.#trouble = error.message;
    this.#options.onDisk?.(error.message);
    this.#tryLater();
    return this.#commit(fn);
  }

  #tryLater(): void {
    this.#retry = setTimeout(() => this.tryDisk(), this.#options.retryMs ?? 2000);
    this.#retry.unref();
  }
}
