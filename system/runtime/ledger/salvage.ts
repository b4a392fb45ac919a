/** Brings what can still be read of a damaged ledger into a new one: table by table, from both ends, row by row. */
import { existsSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { transaction } from '../../layer/database.ts';
import { runReport } from '../../layer/wire.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

/** The newest of each table. */
const maxRows = 50_000;
/** A clock may have been set back a little; an account further ahead was never written by us. */
const aheadMs = 60_000;

/** Table → whether a row of it may be believed. Of facts only the ledger's name: what was lost before is old news. */
const tables: Readonly<Record<string, (row: Row, now: number) => boolean>> = {
  facts: ({ name }) => name === 'holder' || name === 'sequence-base',
  accounts: ({ accounted_until }, now) => Number(accounted_until) <= now + aheadMs,
  totals: ({ value }) => Number(value) >= 0,
  missed: () => true,
  outbox: ({ report }) => isReport(report),
  runs: ({ sequence }) => Number(sequence) >= 0,
};

/** How many rows were brought over; 0 if the file cannot be read at all. Never throws for what the file holds. */
export function salvage(from: string, into: DatabaseSync, now: number): number {
  const source = openForReading(from);
  if (source === undefined) return 0;
  try {
    return transaction(into, () => {
      const counts = Object.entries(tables).map(([table, plausible]) =>
        copyTable(source, into, table, (row) => plausible(row, now)),
      );
      return counts.reduce((sum, count) => sum + count, 0);
    });
  } finally {
    source.close();
  }
}

/** With what its write-ahead log says, if that can be had. */
function openForReading(path: string): DatabaseSync | undefined {
  if (!existsSync(path)) return undefined;
  for (const location of [path, new URL(`${pathToFileURL(path).href}?immutable=1`)]) {
    try {
      const db = new DatabaseSync(location, { readOnly: true, defensive: false });
      try {
        // With it, a file that is shorter than its header says is read as far as it goes.
        db.exec('PRAGMA writable_schema = ON');
        db.prepare('SELECT count(*) FROM sqlite_schema').get();
        return db;
      } catch {
        db.close();
      }
    } catch {
      // The other way, or not at all.
    }
  }
  return undefined;
}

function copyTable(source: DatabaseSync, into: DatabaseSync, table: string, plausible: (row: Row) => boolean): number {
  const columnsOf = (db: DatabaseSync) => namesOf(db, table);
  const there = new Set(columnsOf(source));
  const columns = columnsOf(into).filter((name) => there.has(name));
  if (columns.length === 0) return 0;
  const list = columns.join(', ');
  const insert = into.prepare(
    `INSERT INTO ${table} (${list}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT DO NOTHING`,
  );
  let copied = 0;
  for (const order of ['DESC', 'ASC']) {
    for (const row of readable(
      source,
      `SELECT ${list} FROM ${table} ORDER BY ${keyOf(table)} ${order} LIMIT ${maxRows}`,
    )) {
      if (!plausible(row)) continue;
      try {
        copied += Number(insert.run(...(Object.values(row) as SQLInputValue[])).changes);
      } catch {
        // A row that this table would never have taken.
      }
    }
  }
  return copied;
}

/** Rows up to the first that cannot be read. */
function* readable(db: DatabaseSync, sql: string): Generator<Row> {
  try {
    yield* db.prepare(sql).iterate() as Iterable<Row>;
  } catch {
    // From the other end there may be more.
  }
}

function namesOf(db: DatabaseSync, table: string): string[] {
  return [...readable(db, `PRAGMA table_info(${table})`)].map(({ name }) => String(name));
}

/** The order of the table's own tree: any other order would be read from an index, which may be damaged too. */
function keyOf(table: string): string {
  const keys: Readonly<Record<string, string>> = { facts: 'name', totals: 'metric' };
  return keys[table] ?? 'rowid';
}

function isReport(report: SQLOutputValue | undefined): boolean {
  try {
    return runReport.safeParse(JSON.parse(String(report))).success;
  } catch {
    return false;
  }
}
