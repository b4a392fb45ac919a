/** The gateway's tables, as migrations: append new ones, never change one. */
export const migrations = [
  `
  CREATE TABLE skill (
    name TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    entry TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- One row a run, whatever its attempts; number gives the order in which the gateway learned of them.
  CREATE TABLE run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    skill TEXT NOT NULL,
    trigger TEXT NOT NULL,
    session TEXT,
    idempotency_key TEXT UNIQUE,
    due_at INTEGER,
    requested_at INTEGER,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    -- Of the newest report; -1 before the first.
    sequence INTEGER NOT NULL,
    -- 1 while the runtime has not acknowledged the command.
    pending INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX run_of_skill ON run (skill, number);
  CREATE INDEX run_pending ON run (number) WHERE pending = 1;

  -- The newest row is never deleted, so SQLite's next rowid is always one more than the last.
  CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
  ) STRICT;
  `,
] as const;
