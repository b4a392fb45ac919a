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

  /** In the operating system's hands when it returns: survives the death of this process, not of the machine. */
  append(entry: JournalEntry): void {
    const record: JournalRecord = { v: journalVersion, at: this.#now(), ...entry };
    const line = Buffer.from(`${JSON.stringify(record)}\n`);
    const written = writeSync(this.#handle.fd, line);
    if (written !== line.length) {
      throw new ChaosError('CHAOS_JOURNAL_WRITE', `${this.file}: ${written} of ${line.length} bytes written`, {
        mend: 'make room on the disk',
      });
    }
    this.#records.push(record);
  }

  /** On disk when it resolves. The wait is not in the event loop: a slow disk must not look like a lagging harness. */
  async appendDurably(entry: JournalEntry): Promise<void> {
    this.append(entry);
    await this.#handle.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.sync().catch(() => {});
    await this.#handle.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
