/**
 * The ledger's SQL. Each statement is answered from an index, and none grows with the number of finished runs; `state <> 'finished'`
 * stands beside what already implies it because SQLite takes a partial index only for a condition that it finds word for word.
 */
import type { DatabaseSync } from 'node:sqlite';

export const hotSql = {
  account: 'SELECT schedule, accounted_until FROM accounts WHERE skill = ?',
  accounts: 'SELECT skill FROM accounts',
  reach: 'SELECT opened_at, furthest FROM accounts WHERE skill = ?',
  setAccount: `INSERT INTO accounts (skill, schedule, accounted_until, furthest, opened_at) VALUES (?1, ?2, ?3, ?3, ?3)
    ON CONFLICT (skill) DO UPDATE SET schedule = ?2, accounted_until = ?3,
      furthest = CASE schedule WHEN ?2 THEN max(furthest, ?3) ELSE ?3 END, opened_at = CASE schedule WHEN ?2 THEN opened_at ELSE ?3 END`,
  isBeforeAccount: 'SELECT 1 FROM accounts WHERE skill = ? AND opened_at >= ?',
  isMissed: 'SELECT 1 FROM missed WHERE skill = ?1 AND first_due_at <= ?2 AND last_due_at >= ?2 LIMIT 1',
  doubt: `INSERT INTO accounts (skill, schedule, accounted_until, unknown_until) VALUES (?1, '', ?2, ?3)
    ON CONFLICT (skill) DO UPDATE SET unknown_until = excluded.unknown_until`,
  doubts: 'SELECT skill, accounted_until, unknown_until FROM accounts WHERE unknown_until IS NOT NULL',
  settleAccount: `UPDATE accounts SET accounted_until = max(accounted_until, ?1), furthest = max(furthest, ?1), unknown_until = NULL
    WHERE skill = ?2`,
  closeAccount: 'DELETE FROM accounts WHERE skill = ?',
  insert: `INSERT INTO runs (id, skill, trigger, due_at, queued_at, late, state, not_before, waits_since, traceparent, claimed_in, sequence)
    VALUES (:id, :skill, :trigger, :dueAt, :queuedAt, :late, :state, :notBefore, :waitsSince, :traceparent, :claimedIn, :sequence)
    ON CONFLICT (id) DO NOTHING`,
  onDisk: 'SELECT 1 FROM main.runs WHERE id = ?',
  get: 'SELECT * FROM runs WHERE id = ?',
  next: `SELECT * FROM runs WHERE state <> 'finished' AND state = 'claimed' AND skill = ? AND trigger = ?
    AND (not_before IS NULL OR not_before <= ? OR waits_since > ?) ORDER BY queued_at LIMIT 1`,
  nextNotBefore: 'SELECT min(not_before) AS at FROM runs WHERE not_before IS NOT NULL',
  open: `SELECT * FROM runs WHERE state <> 'finished' AND skill = ? AND state IN ('deferred', 'claimed', 'running')
    AND trigger = 'schedule' ORDER BY queued_at`,
  inState: "SELECT * FROM runs WHERE state <> 'finished' AND state = ? ORDER BY queued_at",
  idsIn: "SELECT id FROM runs WHERE state <> 'finished' AND state = ? AND skill = ? ORDER BY queued_at",
  openRequests: "SELECT count(*) AS open FROM runs WHERE state <> 'finished' AND trigger = 'request'",
  deferred: `SELECT skill, count(*) AS runs FROM runs WHERE state <> 'finished' AND state = 'deferred' GROUP BY skill`,
  queued: `SELECT skill, count(*) AS runs FROM runs WHERE state <> 'finished' AND state = 'claimed' GROUP BY skill`,
  newest: 'SELECT max(sequence) AS sequence FROM runs',
  newestReport: 'SELECT max(sequence) AS sequence FROM outbox',
  newestMissed: 'SELECT max(sequence) AS sequence FROM missed',
  nthNewest: 'SELECT sequence FROM runs ORDER BY sequence DESC LIMIT 1 OFFSET ?',
  changes: 'SELECT * FROM runs WHERE sequence > ? ORDER BY sequence LIMIT ?',
  changesOpen: "SELECT * FROM runs WHERE state <> 'finished' AND state = ? AND sequence > ? ORDER BY sequence LIMIT ?",
  changesFinished: "SELECT * FROM runs WHERE sequence > ? AND state = 'finished' ORDER BY sequence LIMIT ?",
  changesOf: `SELECT * FROM runs WHERE skill = ? AND sequence > ? AND (? IS NULL OR state = ?) ORDER BY sequence LIMIT ?`,
  latestOf: "SELECT * FROM runs WHERE skill = ? AND state = 'finished' ORDER BY sequence DESC LIMIT 1",
  start: `UPDATE runs SET state = 'running', started_at = ?, not_before = NULL, waits_since = NULL, traceparent = coalesce(traceparent, ?),
    sequence = ? WHERE id = ?`,
  restore:
    'UPDATE runs SET attempt = ?, state = ?, started_at = ?, not_before = NULL, waits_since = NULL, sequence = ? WHERE id = ?',
  finish: `UPDATE runs SET state = 'finished', outcome = ?, finished_at = ?, reason = ?, exit_code = ?, signal = ?, output = ?,
    not_before = NULL, waits_since = NULL, sequence = ? WHERE id = ?`,
  requeue: `UPDATE runs SET state = 'claimed', attempt = attempt + 1, started_at = NULL, not_before = ?, waits_since = ?, reason = ?,
    exit_code = ?, signal = ?, output = ?, sequence = ? WHERE id = ?`,
  move: 'UPDATE runs SET state = ?, late = 1, sequence = ? WHERE id = ?',
  askToCancel: 'UPDATE runs SET cancel_requested = 1, sequence = ? WHERE id = ?',
  miss: 'INSERT INTO missed VALUES (?, ?, ?, ?, ?, ?, ?)',
  missed: 'SELECT * FROM missed WHERE sequence > ? ORDER BY sequence LIMIT ?',
  missedOf: 'SELECT * FROM missed WHERE skill = ? AND sequence > ? ORDER BY sequence LIMIT ?',
  fact: 'SELECT value FROM facts WHERE name = ?',
  setFact: 'INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  pruneOld: `DELETE FROM runs WHERE rowid IN
    (SELECT rowid FROM runs WHERE state = 'finished' AND finished_at < ? AND sequence < ? ORDER BY finished_at LIMIT ?)`,
  pruneSurplus: `DELETE FROM runs WHERE rowid IN
    (SELECT rowid FROM runs WHERE sequence < ? AND state = 'finished' ORDER BY sequence LIMIT ?)`,
  pruneMissed:
    'DELETE FROM missed WHERE sequence <= (SELECT sequence FROM missed ORDER BY sequence DESC LIMIT 1 OFFSET ?)',
} as const;

type Statements = { readonly [K in keyof typeof hotSql]: ReturnType<DatabaseSync['prepare']> };

export function prepare(db: DatabaseSync): Statements {
  return Object.fromEntries(Object.entries(hotSql).map(([name, sql]) => [name, db.prepare(sql)])) as Statements;
}
