/**
 * Opens a layer's SQLite file so that what was committed survives SIGKILL and power loss, and so that a damaged file stops nothing:
 * it is put aside, and an empty one takes its place. Looked at when opened: the header, the schema, and the whole of a file that is small
 * enough; damage that shows later is written down beside the file and ends the process: the next one puts the file aside. On a full disk
 * what is there is opened all the same; only a new file cannot be made.
 */
import { accessSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LayerError } from './errors.ts';
import { type Quarantine, quarantine, quarantineCopy } from './quarantine.ts';
import { isDamage, isOutOfDisk } from './sqlite-error.ts';
import { logDamage } from './write-ahead-log.ts';

/** Code `OPENCLAW_DATABASE`: the file cannot be used; the message names it. */
export class DatabaseError extends LayerError {
  constructor(file: string, detail: string, options?: ErrorOptions) {
    super('OPENCLAW_DATABASE', `database ${file}: ${detail}`, options);
  }
}

export interface DatabaseOptions {
  /** Told of a file that was put aside, before the empty one is used. */
  readonly onQuarantine?: (quarantined: Quarantine) => void;
  /** Told of damage found while the database is in use; ends the process if it is not given. */
  readonly onDamage?: (error: DatabaseError) => void;
}

const companions = ['-wal', '-shm'] as const;
/**
 * A full disk has no room for the `-shm` file, and whoever has the database to itself needs none: it is read at once, and written as soon as
 * there is room (https://sqlite.org/wal.html#use_of_wal_without_shared_memory).
 */
const alone = 'PRAGMA locking_mode = EXCLUSIVE;';
/** Some 30 ms of a boot. */
const checkedBytes = 8 * 1024 * 1024;

/** What the file holds is not what its schema says. */
class Damaged extends Error {}

/** Each migration is applied once, in order; append new ones, never change one. Throws {@link DatabaseError}. */
export function openDatabase(file: string, migrations: readonly string[], options: DatabaseOptions = {}): DatabaseSync {
  try {
    if (file === ':memory:') return open(file, migrations, options);
    mkdirSync(dirname(file), { recursive: true });
    const logReason = logDamage(`${file}-wal`);
    const torn = logReason === undefined ? undefined : quarantineCopy(`${file}-wal`, logReason);
    const reason = reasonAgainst(file) ?? attempt(() => open(file, migrations, options));
    if (typeof reason !== 'string') {
      if (torn !== undefined) {
        options.onQuarantine?.(torn);
        // What is left of the log is in the file: it is not found damaged again.
        reason.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      }
      return reason;
    }
    const quarantined = quarantine(file, reason, companions);
    rmSync(markerOf(file), { force: true });
    options.onQuarantine?.(quarantined);
    return open(file, migrations, options);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DatabaseError(
      file,
      `cannot be used (${detail}): mend or move it away, or set OPENCLAW_HOME to a writable folder`,
      { cause: error },
    );
  }
}

/** Commits what `fn` (synchronous) did, or nothing of it. */
export function transaction<T>(db: DatabaseSync, fn: () => T): T {
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = fn();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    // SQLite has rolled back by itself after some errors (a full disk): a second ROLLBACK would hide the first error.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}

/** The result, or why the file is damaged. */
function attempt<T>(fn: () => T): T | string {
  try {
    return fn();
  } catch (error) {
    if (error instanceof Damaged || isDamage(error)) return (error as Error).message;
    throw error;
  }
}

/** Why the file is not even to be opened; undefined: nothing speaks against it. */
function reasonAgainst(file: string): string | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) {
    // Of one that a start put aside before it was killed.
    rmSync(markerOf(file), { force: true });
    return undefined;
  }
  if (!found.isFile()) return 'it is not a file';
  if (found.size === 0) return 'it is empty';
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
  } catch (error) {
    // A file system that is read-only as a whole is no fault of the file.
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return 'its permissions do not let it be read and written';
  }
  try {
    return readFileSync(markerOf(file), 'utf8').trim() || 'it was found damaged while in use';
  } catch {
    return undefined;
  }
}

function open(file: string, migrations: readonly string[], options: DatabaseOptions): DatabaseSync {
  const isThere = existsSync(file);
  try {
    return openAs('', file, migrations, options);
  } catch (error) {
    if (!isOutOfDisk(error)) throw error;
    if (isThere) return openAs(alone, file, migrations, options);
    // Half made, it would pass for a damaged one at the next start.
    for (const suffix of ['', ...companions]) rmSync(file + suffix, { force: true });
    throw error;
  }
}

function openAs(mode: string, file: string, migrations: readonly string[], options: DatabaseOptions): DatabaseSync {
  const db = new GuardedDatabase(file, options);
  try {
    // FULL: WAL's default for a commit is not on disk yet when it returns.
    db.exec(`${mode} PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;`);
    if (file !== ':memory:' && statSync(file).size <= checkedBytes) checkWhole(db);
    migrate(db, migrations);
    db.guard();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function checkWhole(db: DatabaseSync): void {
  const said = Object.values(db.prepare('PRAGMA quick_check(1)').get() ?? {})[0];
  if (said !== 'ok') throw new Damaged(String(said));
}

function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  const applied = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (applied > migrations.length || applied < 0) {
    throw new Damaged(`it is of version ${applied}, this program knows ${migrations.length}: a newer program wrote it`);
  }
  using model = new DatabaseSync(':memory:');
  const compare = () => {
    if (schemaOf(db) !== schemaOf(model)) throw new Damaged('its tables are not those that this program made');
  };
  apply(model, migrations.slice(0, applied), 0);
  if (applied > 0) compare();
  // On the model first: a migration that is wrong is no fault of the file.
  apply(model, migrations, applied);
  apply(db, migrations, applied);
  compare();
}

function apply(db: DatabaseSync, migrations: readonly string[], applied: number): void {
  for (const [index, migration] of migrations.entries()) {
    if (index < applied) continue;
    transaction(db, () => db.exec(`${migration};\nPRAGMA user_version = ${index + 1}`));
  }
}

function schemaOf(db: DatabaseSync): string {
  return JSON.stringify(
    db
      .prepare("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%' ORDER BY type, name")
      .all(),
  );
}

function markerOf(file: string): string {
  return `${file}.damaged`;
}

/** Writes damage down that shows while the database is in use. */
class GuardedDatabase extends DatabaseSync {
  readonly #file: string;
  readonly #onDamage: (error: DatabaseError) => void;
  #guarding = false;

  constructor(file: string, { onDamage = endProcess }: DatabaseOptions) {
    super(file, { timeout: 5000 });
    this.#file = file;
    this.#onDamage = onDamage;
  }

  guard(): void {
    this.#guarding = true;
  }

  override exec(sql: string): void {
    this.#watch(() => super.exec(sql));
  }

  override prepare(sql: string): StatementSync {
    const statement = this.#watch(() => super.prepare(sql));
    for (const method of ['run', 'get', 'all'] as const) {
      const plain = statement[method].bind(statement) as (...values: unknown[]) => never;
      statement[method] = (...values: unknown[]) => this.#watch(() => plain(...values));
    }
    const iterate = statement.iterate.bind(statement) as (...values: unknown[]) => NodeJS.Iterator<never>;
    statement.iterate = (...values: unknown[]) => this.#watchRows(() => iterate(...values));
    return statement;
  }

  /** Rows are read one by one: any of them may show the damage. */
  *#watchRows<Row>(begin: () => Iterator<Row>): Generator<Row, undefined> {
    const rows = this.#watch(begin);
    try {
      for (;;) {
        const next = this.#watch(() => rows.next());
        if (next.done) return;
        yield next.value;
      }
    } finally {
      rows.return?.();
    }
  }

  #watch<T>(fn: () => T): T {
    try {
      return fn();
    } catch (error) {
      if (this.#guarding && isDamage(error)) this.#found(error as Error);
      throw error;
    }
  }

  #found(cause: Error): void {
    this.#guarding = false;
    try {
      if (this.#file !== ':memory:')
        writeFileSync(markerOf(this.#file), `found damaged while in use: ${cause.message}\n`);
    } catch {
      // No room to write it down: the next start finds it by itself, if the file is small, or by the same error.
    }
    this.#onDamage(
      new DatabaseError(this.#file, `is damaged (${cause.message}): it is put aside at the next start`, { cause }),
    );
  }
}

/** Whoever catches the error that SQLite threw, the process must not go on with this file. */
function endProcess(error: DatabaseError): void {
  setImmediate(() => {
    throw error;
  });
}
