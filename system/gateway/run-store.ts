/** Runs, commands and what was reported of them: each change is on disk, with its event, before it is acknowledged. */
import { randomUUID } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { transaction } from '../layer/database.ts';
import { ProblemError } from '../layer/problem.ts';
import type { Command, RunReport } from '../layer/wire.ts';
import type { EventLog } from './event-log.ts';
import type { Limits } from './limits.ts';
import { commandOf, eventOf, type Run, type RunRow, runOf } from './run.ts';

export interface RunRequest {
  readonly skill: string;
  readonly session: string | null;
  readonly idempotencyKey: string;
}

/** `stale`: a newer report of the same run came first. */
export type ReportResult = 'new' | 'duplicate' | 'stale';

export class RunStore {
  readonly #db: DatabaseSync;
  readonly #events: EventLog;
  readonly #limits: Limits;
  readonly #statements;

  constructor(db: DatabaseSync, events: EventLog, limits: Limits) {
    this.#db = db;
    this.#events = events;
    this.#limits = limits;
    this.#statements = prepare(db);
  }

  /** The run that this key stands for, made if there is none. */
  accept(request: RunRequest, now = Date.now()): { readonly run: Run; readonly made: boolean } {
    return transaction(this.#db, () => {
      const known = this.#statements.byKey.get(request.idempotencyKey) as RunRow | undefined;
      if (known !== undefined) return { run: sameRequest(known, request), made: false };
      if (this.pending() >= this.#limits.pendingCommands) throw tooManyPending(this.#limits.pendingCommands);
      const id = randomUUID();
      const { skill, session, idempotencyKey } = request;
      const row = this.#statements.insert.get({
        id,
        skill,
        trigger: 'request',
        session,
        key: idempotencyKey,
        dueAt: null,
        now,
        pending: 1,
      });
      return { run: this.#announce(row, now), made: true };
    });
  }

  /** Takes what the runtime says of a run, unless as much or more is known already. */
  report(report: RunReport, now = Date.now()): ReportResult {
    return transaction(this.#db, () => {
      const known = this.#statements.byId.get(report.id) as RunRow | undefined;
      if (known === undefined) {
        const { id, skill, trigger, dueAt } = report;
        this.#statements.insert.get({ id, skill, trigger, session: null, key: null, dueAt, now: null, pending: 0 });
      } else {
        sameRun(known, report);
        if (report.sequence <= known.sequence) return report.sequence === known.sequence ? 'duplicate' : 'stale';
      }
      const { id, attempt, state, outcome = null, startedAt, finishedAt = null, sequence } = report;
      const row = this.#statements.update.get({ id, attempt, state, outcome, startedAt, finishedAt, sequence });
      this.#announce(row, now);
      return 'new';
    });
  }

  /** Commands that wait for the runtime, oldest first. */
  commands(limit: number): Command[] {
    return (this.#statements.pendingRows.all(limit) as unknown as RunRow[]).map(commandOf);
  }

  /** False if there never was such a command. */
  acknowledge(id: string): boolean {
    return this.#statements.acknowledge.run(id).changes > 0;
  }

  pending(): number {
    return Number(this.#statements.pending.get()?.count);
  }

  get(id: string): Run | undefined {
    const row = this.#statements.byId.get(id) as RunRow | undefined;
    return row && runOf(row);
  }

  /** Newest first; `next` is the cursor of the following page, null at the end. */
  list(page: { readonly skill: string | null; readonly limit: number; readonly before: number | null }): {
    runs: Run[];
    next: string | null;
  } {
    const { skill, limit, before } = page;
    const bound = before ?? Number.MAX_SAFE_INTEGER;
    // Two statements, because one with "skill = ? OR ? IS NULL" cannot use the index.
    const rows =
      skill === null
        ? this.#statements.page.all(bound, limit + 1)
        : this.#statements.pageOfSkill.all(skill, bound, limit + 1);
    const shown = (rows as unknown as RunRow[]).slice(0, limit);
    return { runs: shown.map(runOf), next: rows.length > limit ? String(shown.at(-1)?.number) : null };
  }

  #announce(row: unknown, now: number): Run {
    const { number } = row as RunRow;
    const run = runOf(row as RunRow);
    this.#events.append(eventOf(run, now));
    if (number % 100 === 0) this.#statements.trim.run(number - this.#limits.runsKept);
    return run;
  }
}

function prepare(db: DatabaseSync) {
  return {
    insert: db.prepare(`
      INSERT INTO run (id, skill, trigger, session, idempotency_key, due_at, requested_at, attempt, state, sequence, pending)
      VALUES (:id, :skill, :trigger, :session, :key, :dueAt, :now, 1, 'accepted', -1, :pending) RETURNING *`),
    // A report shows that the runtime has the command, even if its acknowledgement was lost.
    update: db.prepare(`
      UPDATE run SET attempt = :attempt, state = :state, outcome = :outcome, started_at = :startedAt, finished_at = :finishedAt,
        sequence = :sequence, pending = 0
      WHERE id = :id RETURNING *`),
    byId: db.prepare('SELECT * FROM run WHERE id = ?'),
    byKey: db.prepare('SELECT * FROM run WHERE idempotency_key = ?'),
    pending: db.prepare('SELECT count(*) AS count FROM run WHERE pending = 1'),
    pendingRows: db.prepare('SELECT * FROM run WHERE pending = 1 ORDER BY number LIMIT ?'),
    acknowledge: db.prepare("UPDATE run SET pending = 0 WHERE id = ? AND trigger = 'request'"),
    page: db.prepare('SELECT * FROM run WHERE number < ? ORDER BY number DESC LIMIT ?'),
    pageOfSkill: db.prepare('SELECT * FROM run WHERE skill = ? AND number < ? ORDER BY number DESC LIMIT ?'),
    trim: db.prepare("DELETE FROM run WHERE number <= ? AND state = 'finished'"),
  };
}

function sameRequest(known: RunRow, request: RunRequest): Run {
  if (known.skill === request.skill && known.session === request.session) return runOf(known);
  throw new ProblemError(
    422,
    'OPENCLAW_KEY_REUSED',
    `header.Idempotency-Key: it stands for a run of ${known.skill} with another body: use a new key`,
    [{ field: 'header.Idempotency-Key', message: 'was used for another request' }],
  );
}

function sameRun(known: RunRow, report: RunReport): void {
  if (known.skill === report.skill && known.trigger === report.trigger) return;
  const detail = `body.id: ${report.id} is a run of ${known.skill} (${known.trigger}), not of ${report.skill} (${report.trigger})`;
  throw new ProblemError(409, 'OPENCLAW_REPORT_CONFLICT', detail, [{ field: 'body.id', message: 'is another run' }]);
}

function tooManyPending(limit: number): ProblemError {
  return new ProblemError(
    429,
    'OPENCLAW_TOO_MANY_COMMANDS',
    `${limit} commands wait for the runtime: ask again when it has taken some`,
  );
}
