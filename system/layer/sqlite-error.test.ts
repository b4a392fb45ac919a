import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { isDamage, isOutOfDisk } from './sqlite-error.ts';

const folder = mkdtempSync(join(tmpdir(), 'openclaw-sqlite-error-'));
afterAll(() => rmSync(folder, { recursive: true }));

function errorOf(fn: () => void): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('an error of SQLite', () => {
  it('is about the disk when there is no room', () => {
    using db = new DatabaseSync(':memory:');
    db.exec('CREATE TABLE note (text); PRAGMA max_page_count = 3');
    const error = errorOf(() => db.exec('INSERT INTO note VALUES (zeroblob(100000))'));
    expect([isOutOfDisk(error), isDamage(error)]).toEqual([true, false]);
  });

  it('is about the disk when the file cannot be made', () => {
    const error = errorOf(() => new DatabaseSync(join(folder, 'none', 'x.db')));
    expect([isOutOfDisk(error), isDamage(error)]).toEqual([true, false]);
  });

  it('is damage when the file is none of its own', () => {
    writeFileSync(join(folder, 'x.db'), 'x'.repeat(9000));
    using db = new DatabaseSync(join(folder, 'x.db'));
    const error = errorOf(() => db.exec('PRAGMA journal_mode = WAL'));
    expect([isOutOfDisk(error), isDamage(error)]).toEqual([false, true]);
  });

  it('is neither when the statement is wrong, nor is any other error', () => {
    using db = new DatabaseSync(':memory:');
    for (const error of [errorOf(() => db.exec('nonsense')), new Error('other'), undefined]) {
      expect([isOutOfDisk(error), isDamage(error)]).toEqual([false, false]);
    }
  });
});
