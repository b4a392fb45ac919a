import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logDamage } from './write-ahead-log.ts';

let folder: string;
let db: DatabaseSync;
let log: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-log-'));
  db = new DatabaseSync(join(folder, 'x.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE note (text)');
  log = join(folder, 'copy');
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

const write = (rows: number) => {
  for (let row = 0; row < rows; row += 1) db.exec(`INSERT INTO note VALUES ('${'x'.repeat(500)}')`);
  copyFileSync(join(folder, 'x.db-wal'), log);
};
const spoil = (at: number) => {
  const bytes = readFileSync(log);
  bytes.fill(0x7a, at, at + 10);
  writeFileSync(log, bytes);
};

describe('a write-ahead log', () => {
  it('is whole as SQLite leaves it, also when its file is used again', () => {
    write(20);
    expect(logDamage(log)).toBeUndefined();
    db.exec('PRAGMA wal_checkpoint(RESTART)');
    write(3);
    expect(logDamage(log)).toBeUndefined();
  });

  it('is whole when its last frame is half written, or there is none', () => {
    write(20);
    truncateSync(log, readFileSync(log).length - 1000);
    expect(logDamage(log)).toBeUndefined();
    truncateSync(log, 10);
    expect(logDamage(log)).toBeUndefined();
    expect(logDamage(join(folder, 'none'))).toBeUndefined();
  });

  it('is damaged when frames follow one that is not what was written', () => {
    write(20);
    spoil(32 + 4120 * 5 + 100);
    expect(logDamage(log)).toMatch(`damaged at byte ${32 + 4120 * 5}`);
  });

  it('is damaged when its header is', () => {
    write(20);
    spoil(12);
    expect(logDamage(log)).toBe('its header is damaged');
    spoil(0);
    expect(logDamage(log)).toBe('its header is none');
  });
});
