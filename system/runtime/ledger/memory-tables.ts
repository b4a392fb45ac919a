/**
 * The ledger without a disk: temporary tables in memory with the names of those on disk, which SQLite then takes in their place, in
 * statements prepared long before too (https://sqlite.org/lang_naming.html). Reports and missed slots that are on disk stay there.
 */
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../../layer/database.ts';

const keptFinished = 10_000;
const whole = ['accounts', 'totals', 'facts'] as const;
const added = ['outbox', 'missed'] as const;

/** Needs no room on the disk, only that it can be read. */
export function shadowInMemory(db: DatabaseSync): void {
  const definitions = db
    .prepare("SELECT type, name, sql FROM main.sqlite_schema WHERE sql IS NOT NULL ORDER BY type = 'index'")
    .all();
  transaction(db, () => {
    for (const { type, name, sql } of definitions) {
      const body = String(sql).replace(/^CREATE (TABLE|(?:UNIQUE )?INDEX) "?\w+"?/, '');
      const kind = /^CREATE ((?:UNIQUE )?INDEX)/.exec(String(sql))?.[1];
      db.exec(type === 'table' ? `CREATE TEMP TABLE ${name}${body}` : `CREATE ${kind} temp.${name}${body}`);
    }
    for (const table of whole) db.exec(`INSERT INTO temp.${table} SELECT * FROM main.${table}`);
    db.exec(`INSERT INTO temp.runs SELECT * FROM main.runs WHERE state <> 'finished'`);
    db.exec(
      `INSERT INTO temp.runs SELECT * FROM main.runs WHERE state = 'finished' ORDER BY sequence DESC LIMIT ${keptFinished}`,
    );
  });
}

/** Writes all that changed to the disk, in one transaction, and forgets the tables in memory. Throws, and changes nothing, without room. */
export function returnToDisk(db: DatabaseSync): void {
  transaction(db, () => copyChanges(db, 'temp', 'main'));
  for (const table of [...whole, ...added, 'runs']) db.exec(`DROP TABLE temp.${table}`);
}

/** The same for a database that has been in memory from its start: to the file, which must be a ledger. */
export function saveTo(db: DatabaseSync, path: string): void {
  db.prepare('ATTACH ? AS disk').run(path);
  try {
    transaction(db, () => copyChanges(db, 'main', 'disk'));
  } finally {
    db.exec('DETACH disk');
  }
}

function copyChanges(db: DatabaseSync, from: string, to: string): void {
  for (const table of whole)
    db.exec(`DELETE FROM ${to}.${table}; INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`);
  for (const table of added) db.exec(`INSERT OR REPLACE INTO ${to}.${table} SELECT * FROM ${from}.${table}`);
  // The numbers of changes grow, and nothing has changed on disk meanwhile.
  const newer = `sequence > (SELECT coalesce(max(sequence), 0) FROM ${to}.runs)`;
  db.exec(`INSERT OR REPLACE INTO ${to}.runs SELECT * FROM ${from}.runs WHERE ${newer}`);
}
