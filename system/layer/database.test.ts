import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DatabaseError, openDatabase, transaction } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'openclaw-database-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const first = 'CREATE TABLE note (text TEXT NOT NULL) STRICT';
const second = 'ALTER TABLE note ADD COLUMN at INTEGER';

describe('openDatabase', () => {
  it('makes the folder, writes through a WAL, and applies each migration once', () => {
    const file = join(folder, 'a', 'b', 'state.db');
    const db = openDatabase(file, [first]);
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    db.exec("INSERT INTO note VALUES ('kept')");
    db.close();
    const again = openDatabase(file, [first, second]);
    expect(again.prepare('SELECT text, at FROM note').all()).toEqual([{ text: 'kept', at: null }]);
    again.close();
    openDatabase(file, [first, second]).close();
    expect(() => openDatabase(file, [first])).toThrow(/newer/);
  });

  it('leaves a failed migration without a trace', () => {
    const file = join(folder, 'state.db');
    expect(() => openDatabase(file, [`${first}; CREATE nonsense`])).toThrow(DatabaseError);
    openDatabase(file, [first]).close();
  });

  it('names a file that is no database, and one that cannot be made', () => {
    const file = join(folder, 'state.db');
    openDatabase(file, []).close();
    writeFileSync(file, 'x'.repeat(16_384));
    expect(() => openDatabase(file, [first])).toThrow(file);
    expect(() => openDatabase(join(file, 'below', 'state.db'), [first])).toThrow(/OPENCLAW_HOME/);
  });
});

describe('transaction', () => {
  it('commits all or nothing, and the database goes on', () => {
    const db = openDatabase(join(folder, 'state.db'), [first]);
    const broken = () =>
      transaction(db, () => {
        db.exec("INSERT INTO note VALUES ('half')");
        throw new RangeError('broken');
      });
    expect(broken).toThrow(RangeError);
    expect(transaction(db, () => db.prepare('SELECT count(*) AS n FROM note').get())).toEqual({ n: 0 });
    db.close();
  });
});
