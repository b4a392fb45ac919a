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
  `
  -- SQLite cannot change a CHECK in place: the table is built anew.
  CREATE TABLE runs_2 (
    id TEXT PRIMARY KEY,
    skill TEXT NOT NULL,
    trigger TEXT NOT NULL CHECK (trigger IN ('schedule', 'request')),
    due_at INTEGER,
    queued_at INTEGER NOT NULL,
    late INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL CHECK (state IN ('deferred', 'claimed', 'running', 'finished')),
    outcome TEXT CHECK (outcome IN ('succeeded', 'failed', 'timed-out', 'interrupted', 'cancelled', 'unknown')),
    reason TEXT,
    started_at INTEGER,
    finished_at INTEGER,
    sequence INTEGER NOT NULL,
    -- A claimed run is not started before this time (jitter, backoff), which was set at waits_since: a clock set back frees it.
    not_before INTEGER,
    waits_since INTEGER,
    cancel_requested INTEGER NOT NULL DEFAULT 0,
    exit_code INTEGER,
    signal TEXT,
    -- The end of what it printed.
    output TEXT
  ) STRICT;
  INSERT INTO runs_2 (id, skill, trigger, due_at, queued_at, late, attempt, state, outcome, reason, started_at, finished_at, sequence)
    SELECT id, skill, trigger, due_at, queued_at, late, attempt, state, outcome, reason, started_at, finished_at, sequence FROM runs;
  DROP TABLE runs;
  ALTER TABLE runs_2 RENAME TO runs;
  CREATE UNIQUE INDEX runs_by_sequence ON runs (sequence);
  CREATE INDEX runs_of_skill ON runs (skill, sequence);
  -- What boot and dispatch ask for: as large as the queue, however many rows there are.
  CREATE INDEX runs_open ON runs (state, skill, trigger, queued_at) WHERE state <> 'finished';
  CREATE INDEX runs_open_by_state ON runs (state, sequence) WHERE state <> 'finished';
  CREATE INDEX runs_open_by_trigger ON runs (trigger) WHERE state <> 'finished';
  CREATE INDEX runs_waiting ON runs (not_before) WHERE not_before IS NOT NULL;
  CREATE INDEX runs_finished ON runs (finished_at) WHERE state = 'finished';

  -- Slots that have no run, a row for each range of them.
  CREATE TABLE missed (
    sequence INTEGER PRIMARY KEY,
    skill TEXT NOT NULL,
    first_due_at INTEGER NOT NULL,
    last_due_at INTEGER NOT NULL,
    slots INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX missed_of_skill ON missed (skill, sequence);

  -- Slots up to unknown_until, if it is later than accounted_until, may have run without a trace.
  ALTER TABLE accounts ADD COLUMN unknown_until INTEGER;
  -- The latest that accounted_until has ever been: later than it only after a clock was set back.
  ALTER TABLE accounts ADD COLUMN furthest INTEGER NOT NULL DEFAULT 0;
  -- Where the account began: every slot from here to furthest has, or had, a run, or is in missed.
  ALTER TABLE accounts ADD COLUMN opened_at INTEGER NOT NULL DEFAULT 0;
  UPDATE accounts SET furthest = accounted_until, opened_at = accounted_until;

  -- kind: 'started', 'finished', or 'outcome' for a finished one with no detail that could be dropped.
  ALTER TABLE outbox ADD COLUMN kind TEXT NOT NULL DEFAULT 'outcome';
  UPDATE outbox SET kind = 'started' WHERE json_extract(report, '$.state') = 'started';
  CREATE INDEX outbox_by_kind ON outbox (kind, sequence);

  -- Single facts about this ledger: its holder id, what it has lost.
  CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the spans of its attempts are children of: the command that asked for it; of a slot, the span of its first attempt.
  ALTER TABLE runs ADD COLUMN traceparent TEXT;
  -- The turn of the scheduler that claimed the slot: what the spans of its attempts link to.
  ALTER TABLE runs ADD COLUMN claimed_in TEXT;
  `,
];
