/** Tables of the runtime's database, as migrations: append, never change. */
export const migrations: readonly string[] = [
  `
  -- One row per run. A slot of the schedule is a run whose due_at is set; it is claimed by being inserted.
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    skill TEXT NOT NULL,
    trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'request')),
    due_at INTEGER,
    -- Place in the skill's queue: due_at, or when the run was asked for.
    queued_at INTEGER NOT NULL,
    -- 1 if it could not be claimed at its time: it is caught up.
    late INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL CHECK (state IN ('deferred', 'claimed', 'running', 'finished')),
    outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'timed-out', 'interrupted')),
    reason TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    sequence INTEGER NOT NULL,
    UNIQUE (skill, due_at)
  ) STRICT;
  CREATE UNIQUE INDEX runs_by_sequence ON runs (sequence);
  CREATE INDEX runs_by_state ON runs (state, skill, queued_at);

  -- Up to which time the slots of each schedule have been accounted for.
  CREATE TABLE accounts (
    skill TEXT PRIMARY KEY,
    schedule TEXT NOT NULL,
    accounted_until INTEGER NOT NULL
  ) STRICT;

  -- Reports that the gateway has not confirmed.
  CREATE TABLE outbox (
    sequence INTEGER PRIMARY KEY,
    report TEXT NOT NULL
  ) STRICT;

  -- What the counters of /metrics start from after a restart.
  CREATE TABLE totals (
    metric TEXT NOT NULL,
    skill TEXT NOT NULL,
    label TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (metric, skill, label)
  ) STRICT, WITHOUT ROWID;
  `,
];
