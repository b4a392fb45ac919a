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
  `
  -- What the runtime is to do; a row stays for a while after its acknowledgement. number gives the order.
  CREATE TABLE command (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    run TEXT NOT NULL,
    skill TEXT NOT NULL,
    session TEXT,
    requested_at INTEGER NOT NULL,
    -- 1 while it is not acknowledged.
    pending INTEGER NOT NULL
  ) STRICT;
  INSERT INTO command (id, kind, run, skill, session, requested_at, pending)
    SELECT id, 'run', id, skill, session, coalesce(requested_at, 0), 1 FROM run WHERE pending = 1 ORDER BY number;
  CREATE INDEX command_pending ON command (number) WHERE pending = 1;

  CREATE TABLE new_run (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    skill TEXT NOT NULL,
    trigger TEXT NOT NULL,
    session TEXT,
    -- Who asked, with which key; the key is taken away when it is a day old.
    owner TEXT,
    idempotency_key TEXT,
    due_at INTEGER,
    requested_at INTEGER,
    -- When it was due, asked for, or else started: what a time range is about.
    wanted_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    state TEXT NOT NULL,
    outcome TEXT,
    reason TEXT,
    exit_code INTEGER,
    signal TEXT,
    output TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    cancel_requested_at INTEGER,
    -- Of the newest report; -1 before the first.
    sequence INTEGER NOT NULL
  ) STRICT;
  INSERT INTO new_run (number, id, skill, trigger, session, owner, idempotency_key, due_at, requested_at, wanted_at, attempt, state, outcome,
      started_at, finished_at, sequence)
    SELECT number, id, skill, trigger, session, iif(idempotency_key IS NULL, NULL, 'owner'), idempotency_key, due_at, requested_at,
      coalesce(due_at, requested_at, started_at, 0), attempt, state, outcome, started_at, finished_at, sequence
    FROM run ORDER BY number;
  DROP TABLE run;
  ALTER TABLE new_run RENAME TO run;
  CREATE UNIQUE INDEX run_of_key ON run (owner, idempotency_key) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX run_with_key ON run (requested_at) WHERE idempotency_key IS NOT NULL;
  CREATE INDEX run_forgettable ON run (number) WHERE state = 'finished' AND idempotency_key IS NULL;
  CREATE INDEX run_with_output ON run (number) WHERE output IS NOT NULL;
  CREATE INDEX run_of_skill ON run (skill, number);
  CREATE INDEX run_of_state ON run (state, number);
  CREATE INDEX run_of_outcome ON run (outcome, number) WHERE outcome IS NOT NULL;
  CREATE INDEX run_of_session ON run (session, number) WHERE session IS NOT NULL;

  -- What status says of a skill; its runs may have been forgotten.
  CREATE TABLE skill_record (
    skill TEXT PRIMARY KEY,
    known_since INTEGER NOT NULL,
    last_outcome TEXT,
    last_finished_at INTEGER,
    last_success_at INTEGER
  ) STRICT, WITHOUT ROWID;

  -- Body last: what comes before it is read without it.
  CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    epoch TEXT NOT NULL,
    offset INTEGER NOT NULL,
    at INTEGER NOT NULL,
    id TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (session, epoch, offset)
  ) STRICT;
  CREATE INDEX message_of_session ON message (session, number);
  `,
  `
  -- Each filter of a list of runs has its index; wanted_at at the end of it spares the look at rows of another time.
  CREATE INDEX run_of_trigger ON run (trigger, number, wanted_at);
  CREATE INDEX run_of_time ON run (wanted_at, number);
  DROP INDEX run_of_skill;
  CREATE INDEX run_of_skill ON run (skill, number, wanted_at);
  DROP INDEX run_of_state;
  CREATE INDEX run_of_state ON run (state, number, wanted_at);
  DROP INDEX run_of_outcome;
  CREATE INDEX run_of_outcome ON run (outcome, number, wanted_at) WHERE outcome IS NOT NULL;
  `,
  'ALTER TABLE message ADD COLUMN traceparent TEXT',
  `
  -- Of what asked for it; of a run that nobody asked for, the run itself.
  ALTER TABLE run ADD COLUMN traceparent TEXT;
  ALTER TABLE command ADD COLUMN traceparent TEXT;
  `,
] as const;
