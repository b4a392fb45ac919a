/** Opens a layer's SQLite file so that what was committed survives SIGKILL and power loss. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { LayerError } from './errors.ts';

/** Code `OPENCLAW_DATABASE`: the file cannot be used; the message names it. */
export class DatabaseError extends LayerError {
  constructor(file: string, detail: string, options?: ErrorOptions) {
    super('OPENCLAW_DATABASE', `database ${file}: ${detail}`, options);
  }
}

/** Each migration is applied once, in order; append new ones, never change one. Throws {@link DatabaseError}. */
export function openDatabase(file: string, migrations: readonly string[]): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dirname(file), { recursive: true });
    db = new DatabaseSync(file, { timeout: 5000 });
    // FULL: WAL's default for a commit is not on disk yet when it returns.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    migrate(db, file, migrations);
    return db;
  } catch (error) {
    db?.close();
    if (error instanceof DatabaseError) throw error;
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

function migrate(db: DatabaseSync, file: string, migrations: readonly string[]): void {
  const applied = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (applied > migrations.length) {
    throw new DatabaseError(
      file,
      `is of version ${applied}, newer than this program's ${migrations.length}: run the newer program`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < applied) continue;
    transaction(db, () => db.exec(`${migration};\nPRAGMA user_version = ${index + 1}`));
  }
}
