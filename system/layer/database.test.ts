import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseError, openDatabase, transaction } from './database.ts';
import type { Quarantine } from './quarantine.ts';
import { smallDisk } from './small-disk.fixture.ts';

const first = 'CREATE TABLE note (text TEXT NOT NULL) STRICT';
const second = 'ALTER TABLE note ADD COLUMN at INTEGER';
let folder: string;
let file: string;
let aside: Quarantine[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-database-'));
  file = join(folder, 'state.db');
  aside = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (migrations = [first]) =>
  openDatabase(file, migrations, { onQuarantine: (quarantined) => aside.push(quarantined) });
const notes = (db: DatabaseSync) =>
  db
    .prepare('SELECT text FROM note')
    .all()
    .map(({ text }) => text);
/** A file with many pages. */
const fill = (rows = 200) => {
  using db = open();
  transaction(db, () => {
    for (let row = 0; row < rows; row += 1) db.prepare('INSERT INTO note VALUES (?)').run(`${row} `.repeat(100));
  });
};

describe('openDatabase', () => {
  it('makes the folder, migrates once, and keeps what was committed', () => {
    file = join(folder, 'state', 'state.db');
    const db = open();
    expect(db.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(db.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    db.exec("INSERT INTO note VALUES ('kept')");
    db.close();
    using again = open([first, second]);
    expect(again.prepare('SELECT text, at FROM note').all()).toEqual([{ text: 'kept', at: null }]);
    expect(aside).toEqual([]);
  });

  it('leaves a failed migration without a trace, and does not blame the file', () => {
    fill();
    expect(() => open([first, `${second}; CREATE nonsense`])).toThrow(DatabaseError);
    using db = open([first, second]);
    expect([notes(db).length, aside]).toEqual([200, []]);
  });

  it('names a file that cannot be made', () => {
    writeFileSync(file, '');
    expect(() => openDatabase(join(file, 'below', 'state.db'), [first])).toThrow(/below.*OPENCLAW_HOME/);
  });
});

describe('a file that cannot be used', () => {
  const cases: Record<string, { readonly spoil: () => void; readonly reason: RegExp }> = {
    'is garbage': { spoil: () => writeFileSync(file, 'x'.repeat(16_384)), reason: /not a database/ },
    'is empty': { spoil: () => truncateSync(file), reason: /empty/ },
    'is cut off within its pages': { spoil: () => truncateSync(file, 4096 * 3), reason: /./ },
    'is cut off within its header': { spoil: () => truncateSync(file, 60), reason: /./ },
    'has a wrong header': { spoil: () => overwrite(0, 'SQLite format 9'), reason: /not a database/ },
    'has garbage in a page': { spoil: () => overwrite(4096 * 4, 'x'.repeat(4096)), reason: /./ },
    'has other tables': {
      spoil: () => {
        using db = new DatabaseSync(file);
        db.exec('DROP TABLE note; CREATE TABLE note (other)');
      },
      reason: /tables/,
    },
    'is of a newer program': {
      spoil: () => {
        using db = new DatabaseSync(file);
        db.exec('PRAGMA user_version = 9');
      },
      reason: /version 9.*newer/,
    },
    'is a folder': {
      spoil: () => {
        rmSync(file);
        mkdirSync(file);
      },
      reason: /not a file/,
    },
    'was marked when its damage showed': {
      spoil: () => writeFileSync(`${file}.damaged`, 'found damaged while in use: malformed\n'),
      reason: /found damaged while in use: malformed/,
    },
  };

  function overwrite(at: number, text: string): void {
    const bytes = readFileSync(file);
    bytes.write(text, at);
    writeFileSync(file, bytes);
  }

  for (const [name, { spoil, reason }] of Object.entries(cases)) {
    it(`${name}: it is put aside with the reason, and an empty one takes its place`, () => {
      fill();
      spoil();
      const spoiled = statSync(file).isFile() ? readFileSync(file) : undefined;
      using db = open();
      expect(notes(db)).toEqual([]);
      expect(aside).toEqual([expect.objectContaining({ file, reason: expect.stringMatching(reason) })]);
      const movedTo = aside[0]?.movedTo ?? '';
      expect(readFileSync(`${movedTo}.reason`, 'utf8')).toMatch(reason);
      if (spoiled !== undefined) expect(readFileSync(movedTo).subarray(100)).toEqual(spoiled.subarray(100));
      expect(existsSync(`${file}.damaged`)).toBe(false);
      db.close();
      using again = open();
      expect([notes(again), aside.length]).toEqual([[], 1]);
    });
  }

  it('is usable if only its -wal or -shm is garbage', () => {
    fill();
    writeFileSync(`${file}-wal`, 'x'.repeat(10_000));
    writeFileSync(`${file}-shm`, 'x'.repeat(32_768));
    using db = open();
    expect([notes(db).length, aside]).toEqual([200, [expect.objectContaining({ file: `${file}-wal` })]]);
    expect(readFileSync(aside[0]?.movedTo ?? '', 'utf8')).toBe('x'.repeat(10_000));
    db.close();
    using again = open();
    expect([notes(again).length, aside.length]).toEqual([200, 1]);
  });

  it('is used as far as its -wal is whole, and the rest is told', () => {
    fill(1);
    const db = open();
    for (let row = 0; row < 50; row += 1) db.exec(`INSERT INTO note VALUES ('${'x'.repeat(500)}')`);
    const log = readFileSync(`${file}-wal`);
    db.close();
    log.fill(0x7a, log.length / 2, log.length / 2 + 10);
    writeFileSync(`${file}-wal`, log);
    using left = open();
    expect(notes(left).length).toBeGreaterThan(1);
    expect(aside).toEqual([
      expect.objectContaining({ file: `${file}-wal`, reason: expect.stringMatching(/damaged at byte/) }),
    ]);
    left.exec("INSERT INTO note VALUES ('new')");
    const killed = readFileSync(`${file}-wal`);
    left.close();
    writeFileSync(`${file}-wal`, killed);
    open().close();
    expect(aside).toHaveLength(1);
  });

  it('leaves no mark that is held against the one that takes its place', () => {
    writeFileSync(`${file}.damaged`, 'found damaged while in use: the start that put it aside was killed\n');
    open().close();
    using db = open();
    expect([notes(db), aside]).toEqual([[], []]);
  });

  it('leaves the newest five', () => {
    for (let time = 0; time < 8; time += 1) {
      fill(1);
      writeFileSync(file, `garbage ${time} `.repeat(1000));
    }
    open().close();
    const kept = readdirSync(folder).filter((name) => /quarantine-[^.]+\.\d+Z(-\d+)?$/.test(name));
    expect(kept).toHaveLength(5);
    expect(kept.map((name) => readFileSync(join(folder, name), 'utf8').slice(8, 9)).sort()).toEqual([
      '3',
      '4',
      '5',
      '6',
      '7',
    ]);
    expect(readdirSync(folder).filter((name) => name.endsWith('.reason'))).toHaveLength(5);
  });

  it('stops nothing, whatever bytes it has', () => {
    fill(40);
    copyFileSync(file, `${file}.good`);
    const spoil = fc.record({
      at: fc.nat(4096 * 12),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 200 }),
      length: fc.option(fc.nat(4096 * 12)),
      wal: fc.option(fc.uint8Array({ maxLength: 200 })),
    });
    fc.assert(
      fc.property(spoil, ({ at, bytes, length, wal }) => {
        copyFileSync(`${file}.good`, file);
        const content = readFileSync(file);
        content.set(bytes.subarray(0, Math.max(0, content.length - at)), Math.min(at, content.length));
        writeFileSync(file, content.subarray(0, length ?? content.length));
        if (wal !== null) appendFileSync(`${file}-wal`, wal);
        using db = open();
        db.exec("INSERT INTO note VALUES ('new')");
        expect(notes(db)).toContain('new');
      }),
      { numRuns: 60 },
    );
  });
});

describe('a disk that is full when the database is opened', () => {
  it('lets it be read, and written once there is room', ({ skip }) => {
    using disk = smallDisk(folder);
    if (disk === undefined) return skip('no file system can be mounted here');
    fill(20);
    disk.fillUp();
    using db = open();
    expect([notes(db).length, aside]).toEqual([20, []]);
    const write = () => transaction(db, () => db.exec(`INSERT INTO note VALUES ('${'x'.repeat(5000)}')`));
    expect(write).toThrow(/full/);
    disk.makeRoom();
    write();
    db.close();
    using again = open();
    expect(notes(again)).toHaveLength(21);
  });

  it('is no reason to put aside what could not be made on it', ({ skip }) => {
    using disk = smallDisk(folder);
    if (disk === undefined) return skip('no file system can be mounted here');
    writeFileSync(file, 'garbage '.repeat(100));
    disk.fillUp();
    for (let start = 0; start < 7; start += 1) expect(open).toThrow(/full/);
    expect([aside.length, existsSync(file)]).toEqual([1, false]);
    expect(readFileSync(aside[0]?.movedTo ?? '', 'utf8')).toMatch(/^garbage/);
    disk.makeRoom();
    using db = open();
    expect(notes(db)).toEqual([]);
  });
});

describe('damage that shows while the database is in use', () => {
  it('is told, marked, and put aside at the next start', () => {
    fill(4000);
    const damaged: DatabaseError[] = [];
    const db = openDatabase(file, [first], { onDamage: (error) => damaged.push(error) });
    const bytes = readFileSync(file);
    for (let page = 50; page < 120; page += 1) bytes.fill(0xff, page * 4096, (page + 1) * 4096);
    writeFileSync(file, bytes);
    expect(() => notes(db)).toThrow(/malformed/);
    expect(damaged.map(({ message }) => message)).toEqual([expect.stringContaining(file)]);
    db.close();
    using again = open();
    expect(notes(again)).toEqual([]);
    expect(aside[0]?.reason).toMatch(/while in use: .*malformed/);
  });

  it('is seen row by row as well', () => {
    fill(4000);
    const damaged: DatabaseError[] = [];
    using db = openDatabase(file, [first], { onDamage: (error) => damaged.push(error) });
    const bytes = readFileSync(file);
    for (let page = 50; page < 120; page += 1) bytes.fill(0xff, page * 4096, (page + 1) * 4096);
    writeFileSync(file, bytes);
    const rows = db.prepare('SELECT * FROM note').iterate();
    expect(rows.next().done).toBe(false);
    expect(damaged).toEqual([]);
    expect(() => [...rows]).toThrow(/malformed/);
    expect(damaged).toHaveLength(1);
  });

  it('lets go of the rows that nobody reads', () => {
    fill(10);
    using db = openDatabase(file, [first]);
    for (const row of db.prepare('SELECT * FROM note').iterate()) {
      expect(row).toBeDefined();
      break;
    }
    // A statement that is still being read keeps its table.
    db.exec('DROP TABLE note');
  });

  it('is not what a wrong statement is', () => {
    const damaged: DatabaseError[] = [];
    using db = openDatabase(file, [first], { onDamage: (error) => damaged.push(error) });
    expect(() => db.exec('nonsense')).toThrow(/syntax/);
    expect(() => db.prepare('INSERT INTO note VALUES (?)').run(null)).toThrow(/NOT NULL/);
    expect([damaged, existsSync(`${file}.damaged`)]).toEqual([[], false]);
  });
});

describe('transaction', () => {
  it('commits all or nothing, and the database goes on', () => {
    using db = open();
    const broken = () =>
      transaction(db, () => {
        db.exec("INSERT INTO note VALUES ('half')");
        throw new RangeError('broken');
      });
    expect(broken).toThrow(RangeError);
    expect(transaction(db, () => notes(db))).toEqual([]);
  });
});
