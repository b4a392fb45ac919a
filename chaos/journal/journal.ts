/** Writes a run's journal: append-only NDJSON, one write a line, on disk where it matters. A crash can tear the last line, never one before. */

import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ChaosError } from '../errors.ts';
import { type JournalEntry, type JournalRecord, journalVersion } from './journal-records.ts';

export class Journal {
  readonly file: string;
  readonly #handle: FileHandle;
  readonly #now: () => number;
  readonly #records: JournalRecord[] = [];
  /** Why a line was lost. Nothing is written after it: a journal with a hole must not look whole. */
  #lost: ChaosError | undefined;

  private constructor(file: string, handle: FileHandle, now: () => number) {
    this.file = file;
    this.#handle = handle;
    this.#now = now;
  }

  /** A new file: a journal is never continued by another run. */
  static async create(file: string, now: () => number = Date.now): Promise<Journal> {
    try {
      return new Journal(file, await open(file, 'ax', 0o644), now);
    } catch (cause) {
      throw new ChaosError('CHAOS_JOURNAL_CREATE', `${file}: cannot be made: ${messageOf(cause)}`, {
        mend: 'each run needs a folder of its own, with room and the right to write',
        cause,
      });
    }
  }

  /** Everything appended so far: what the verdict is made from is what was written down. */
  get records(): readonly JournalRecord[] {
    return this.#records;
  }

  /**
   * In the operating system's hands when it returns: survives the death of this process, not of the machine. Throws if it could not be
   * written, and from then on always: without the whole story there is no verdict.
   */
  append(entry: JournalEntry): void {
    if (this.#lost !== undefined) throw this.#lost;
    const record: JournalRecord = { v: journalVersion, at: this.#now(), ...entry };
    try {
      const line = Buffer.from(`${JSON.stringify(record)}\n`);
      const written = writeSync(this.#handle.fd, line);
      if (written !== line.length) throw new Error(`${written} of ${line.length} bytes written`);
    } catch (cause) {
      throw this.#fail(cause);
    }
    this.#records.push(record);
  }

  /** On disk when it resolves. The wait is not in the event loop: a slow disk must not look like a lagging harness. */
  async appendDurably(entry: JournalEntry): Promise<void> {
    this.append(entry);
    await this.#handle.sync().catch((cause) => {
      throw this.#fail(cause);
    });
  }

  #fail(cause: unknown): ChaosError {
    this.#lost = new ChaosError('CHAOS_JOURNAL_WRITE', `${this.file}: a line was lost: ${messageOf(cause)}`, {
      mend: 'make room on the disk, and run it again',
      cause,
    });
    return this.#lost;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.sync().catch(() => {});
    await this.#handle.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
