/** Reads a journal back, and says by file and line what is wrong with it. */
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { InvalidInput } from '../errors.ts';
import { fieldPath } from '../input/problem.ts';
import { type JournalRecord, journalVersion, recordSchema } from './journal-records.ts';

export class JournalError extends InvalidInput {}

export interface ReadJournal {
  readonly records: readonly JournalRecord[];
  /** Number of the last line if its writing was cut off: what it was to say is not known. */
  readonly tornLine?: number;
}

/** A run of an hour writes some megabytes. */
const maxBytes = 512 * 1024 * 1024;

const stamp = z.looseObject({ v: z.int(), at: z.number() });

export async function readJournal(file: string): Promise<ReadJournal> {
  const text = await textOf(file);
  const lines = text.split('\n');
  // A whole file ends with a newline, so that the last part is empty.
  const torn = lines.pop() !== '';
  const records = lines.map((line, index) => recordOf(line, `${file}:${index + 1}`));
  if (!torn && records.length === 0) {
    throw new JournalError('CHAOS_JOURNAL_EMPTY', `${file}: is empty`, { mend: 'give the journal.ndjson of a run' });
  }
  return torn ? { records, tornLine: lines.length + 1 } : { records };
}

async function textOf(file: string): Promise<string> {
  try {
    const { size } = await stat(file);
    if (size > maxBytes) {
      throw new JournalError('CHAOS_JOURNAL_SIZE', `${file}: is ${size} bytes long`, {
        mend: `a journal has at most ${maxBytes}`,
      });
    }
    return await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof JournalError) throw cause;
    throw new JournalError('CHAOS_JOURNAL_READ', `${file}: cannot be read: ${(cause as Error).message}`, {
      mend: 'give the journal.ndjson of a run, below .chaos/runs/',
      cause,
    });
  }
}

function recordOf(line: string, where: string): JournalRecord {
  const parsed = stamp.safeParse(jsonOf(line));
  if (!parsed.success) {
    throw new JournalError('CHAOS_JOURNAL_GARBAGE', `${where}: is not a line of a journal: ${line.slice(0, 80)}`, {
      mend: 'give a journal as a run has written it; one that was changed afterwards proves nothing',
    });
  }
  const { v, at, ...entry } = parsed.data;
  if (v > journalVersion) {
    throw new JournalError('CHAOS_JOURNAL_NEWER', `${where}: has version ${v}, this program reads ${journalVersion}`, {
      mend: 'judge it with the version that wrote it, or a later one',
    });
  }
  const record = recordSchema.safeParse(entry);
  if (!record.success) {
    const [issue] = record.error.issues;
    throw new JournalError('CHAOS_JOURNAL_GARBAGE', `${where}: ${fieldPath(issue?.path ?? [])}: ${issue?.message}`, {
      mend: 'give a journal as a run has written it; one that was changed afterwards proves nothing',
    });
  }
  return { v, at, ...record.data };
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
