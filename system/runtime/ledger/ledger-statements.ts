/** The ledger's SQL, and what its rows mean. */
import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { RunOutcome, RunReport } from '../../layer/wire.ts';
import type { QueuedRun, RunState } from './ledger-row.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

export function prepare(db: DatabaseSync) {
  return {
    account: db.prepare('SELECT schedule, accounted_until FROM accounts WHERE skill = ?'),
    setAccount: db.prepare(
      `INSERT INTO accounts VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET schedule = excluded.schedule, accounted_until = excluded.accounted_until`,
    ),
    closeAccount: db.prepare('DELETE FROM accounts WHERE skill = ?'),
    insert: db.prepare(
      `INSERT OR IGNORE INTO runs (id, skill, trigger, due_at, queued_at, late, state, sequence)
       VALUES (:id, :skill, :trigger, :dueAt, :queuedAt, :late, :state, :sequence)`,
    ),
    get: db.prepare('SELECT * FROM runs WHERE id = ?'),
    next: db.prepare(
      "SELECT * FROM runs WHERE state = 'claimed' AND skill = ? ORDER BY trigger = ?, queued_at LIMIT 1",
    ),
    inState: db.prepare('SELECT * FROM runs WHERE state = ? ORDER BY queued_at'),
    idsIn: db.prepare('SELECT id FROM runs WHERE state = ? AND skill = ? ORDER BY queued_at'),
    openRequests: db.prepare(
      "SELECT count(*) AS open FROM runs WHERE trigger = 'request' AND state IN ('deferred', 'claimed', 'running')",
    ),
    deferred: db.prepare("SELECT skill, count(*) AS runs FROM runs WHERE state = 'deferred' GROUP BY skill"),
    changes: db.prepare('SELECT * FROM runs WHERE sequence > ? ORDER BY sequence LIMIT ?'),
    changesInState: db.prepare('SELECT * FROM runs WHERE sequence > ? AND state = ? ORDER BY sequence LIMIT ?'),
    prune: db.prepare("DELETE FROM runs WHERE state = 'finished' AND (finished_at < ? OR sequence < ?)"),
  };
}

export function toRun(row: Row | undefined): QueuedRun | undefined {
  if (row === undefined) return undefined;
  const time = (value: SQLOutputValue | undefined) => (value == null ? null : Number(value));
  return {
    sequence: Number(row.sequence),
    id: String(row.id),
    skill: String(row.skill),
    trigger: row.trigger as QueuedRun['trigger'],
    dueAt: time(row.due_at),
    attempt: Number(row.attempt),
    state: row.state as RunState,
    outcome: row.outcome as RunOutcome | null,
    startedAt: time(row.started_at),
    finishedAt: time(row.finished_at),
    reason: row.reason === null ? null : String(row.reason),
    queuedAt: Number(row.queued_at),
    late: row.late === 1,
  };
}

export function toReport(run: QueuedRun, state: RunReport['state'], sequence: number): RunReport {
  const { id, skill, trigger, dueAt, attempt, outcome, startedAt, finishedAt, queuedAt } = run;
  return {
    id,
    skill,
    trigger,
    dueAt,
    attempt,
    state,
    ...(outcome !== null && { outcome }),
    // A run that was refused never started.
    startedAt: startedAt ?? finishedAt ?? queuedAt,
    ...(finishedAt !== null && { finishedAt }),
    sequence,
  };
}
