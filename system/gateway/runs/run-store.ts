/** Runs, and what was asked and reported of them: each change is on disk, with its event, before it is acknowledged. */
import { randomUUID } from 'node:crypto';
import { ProblemError } from '../../layer/problem.ts';
import type { RunReport } from '../../layer/wire.ts';
import type { CommandStore } from '../commands/command-store.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Limits } from '../limits.ts';
import type { SkillRecords } from '../skills/skill-records.ts';
import type { Storage } from '../storage.ts';
import { eventOf, type Run, type RunRow, type RunWithOutput, runOf } from './run.ts';
import { RunRetention } from './run-retention.ts';

export interface RunRequest {
  readonly skill: string;
  readonly session: string | null;
  /** Whose token came with the request: keys of one owner mean nothing for another. */
  readonly owner: string;
  readonly idempotencyKey: string;
  readonly traceparent?: string | undefined;
}

/** `stale`: a newer report of the same run came first. */
export type ReportResult = 'new' | 'duplicate' | 'stale';

export interface RunStoreParts {
  readonly storage: Storage;
  readonly events: EventLog;
  readonly commands: CommandStore;
  readonly records: SkillRecords;
  readonly limits: Limits;
}

export class RunStore {
  readonly #parts: RunStoreParts;
  readonly #statements;
  readonly #retention: RunRetention;

  constructor(parts: RunStoreParts) {
    this.#parts = parts;
    this.#statements = prepare(parts.storage);
    this.#retention = new RunRetention(parts.storage.db, parts.limits);
  }

  /** The run that this key stands for. Throws a problem if the key was used for another request. */
  known(request: RunRequest, now = Date.now()): Run | undefined {
    const row = this.#statements.byKey.get(request.owner, request.idempotencyKey) as RunRow | undefined;
    return row === undefined || this.#retention.isOldKey(row, now) ? undefined : sameRequest(row, request);
  }

  /** The run that this key stands for, made if there is none. */
  accept(request: RunRequest, now = Date.now()): { readonly run: Run; readonly made: boolean } {
    const { storage, commands } = this.#parts;
    return storage.commit(() => {
      const known = this.known(request, now);
      if (known !== undefined) return { run: known, made: false };
      commands.refuseMany('run');
      this.#retention.refuseKeys(now);
      // One that is too old stands for nothing any more.
      this.#statements.forgetKey.run(request.owner, request.idempotencyKey);
      const { skill, session, owner, idempotencyKey: key, traceparent } = request;
      const id = randomUUID();
      const asked = { id, skill, trigger: 'request', session, owner, key, dueAt: null, now, wantedAt: now };
      const row = this.#insert(asked, traceparent);
      commands.add({ id, kind: 'run', run: id, skill, session, requestedAt: now, traceparent });
      return { run: this.#announce(row, now, traceparent), made: true };
    });
  }

  /** Asks the runtime to end a run, once; `made` is false if somebody asked before. Throws a problem if there is none, or it has ended. */
  cancel(id: string, now = Date.now(), traceparent?: string): { readonly run: Run; readonly made: boolean } {
    const { storage, commands } = this.#parts;
    return storage.commit(() => {
      const known = this.#statements.byId.get(id) as RunRow | undefined;
      if (known === undefined) throw new ProblemError(404, 'OPENCLAW_NO_RUN', `there is no run ${id}`);
      if (known.state === 'finished' && known.outcome !== 'cancelled') {
        throw new ProblemError(409, 'OPENCLAW_RUN_FINISHED', `run ${id} has ended: ${known.outcome}`);
      }
      if (known.state === 'finished' || known.cancel_requested_at !== null) return { run: runOf(known), made: false };
      commands.refuseMany('cancel');
      const { skill, session } = known;
      commands.add({ id: randomUUID(), kind: 'cancel', run: id, skill, session, requestedAt: now, traceparent });
      return { run: runOf(this.#statements.cancel.get(now, id) as unknown as RunRow), made: true };
    });
  }

  /** Takes what the runtime says of a run, unless as much or more is known already. `traceparent`: of the taking, for the event. */
  report(report: RunReport, now = Date.now(), traceparent = report.traceparent): ReportResult {
    const { storage, commands, records } = this.#parts;
    return storage.commit(() => {
      const known = this.#statements.byId.get(report.id) as RunRow | undefined;
      if (known === undefined) this.#insertReported(report);
      else {
        sameRun(known, report);
        if (report.sequence <= known.sequence) return report.sequence === known.sequence ? 'duplicate' : 'stale';
        // A runtime that has lost its ledger tells under new numbers what it had told before: that is no step back.
        const isBack = known.state === 'finished' && report.state === 'started' && report.attempt <= known.attempt;
        if (isBack) return 'stale';
      }
      const row = this.#statements.update.get(changesOf(report)) as unknown as RunRow;
      // It shows that the runtime has the command, even if its acknowledgement was lost.
      commands.settle(report.id);
      const isTold = known?.state === row.state && known.attempt === row.attempt && known.outcome === row.outcome;
      if (isTold) return 'duplicate';
      if (report.state === 'finished') records.finished(report, now);
      this.#announce(row, now, traceparent);
      return 'new';
    });
  }

  get(id: string): RunWithOutput | undefined {
    const row = this.#statements.byId.get(id) as RunRow | undefined;
    return row && { ...runOf(row), output: row.output, traceparent: row.traceparent };
  }

  #insertReported({ id, skill, trigger, dueAt, startedAt, traceparent }: RunReport): void {
    const wantedAt = dueAt ?? startedAt;
    this.#insert(
      { id, skill, trigger, session: null, owner: null, key: null, dueAt, now: null, wantedAt },
      traceparent,
    );
  }

  #insert(run: Record<string, string | number | null>, traceparent: string | undefined): RunRow {
    return this.#statements.insert.get({ ...run, traceparent: traceparent ?? null }) as unknown as RunRow;
  }

  #announce(row: RunRow, now: number, traceparent: string | undefined): Run {
    const run = runOf(row);
    this.#parts.events.append(eventOf(run, now, traceparent));
    this.#retention.tidy(row.number, now);
    return run;
  }
}

function prepare({ db }: Storage) {
  return {
    insert: db.prepare(`
      INSERT INTO run (id, skill, trigger, session, owner, idempotency_key, due_at, requested_at, wanted_at, traceparent,
        attempt, state, sequence)
      VALUES (:id, :skill, :trigger, :session, :owner, :key, :dueAt, :now, :wantedAt, :traceparent, 1, 'accepted', -1) RETURNING *`),
    update: db.prepare(`
      UPDATE run SET attempt = :attempt, state = :state, outcome = :outcome, reason = :reason, exit_code = :exitCode, signal = :signal,
        output = :output, started_at = :startedAt, finished_at = :finishedAt, sequence = :sequence
      WHERE id = :id RETURNING *`),
    cancel: db.prepare('UPDATE run SET cancel_requested_at = ? WHERE id = ? RETURNING *'),
    byId: db.prepare('SELECT * FROM run WHERE id = ?'),
    byKey: db.prepare('SELECT * FROM run WHERE owner = ? AND idempotency_key = ?'),
    forgetKey: db.prepare('UPDATE run SET idempotency_key = NULL WHERE owner = ? AND idempotency_key = ?'),
  };
}

function changesOf(report: RunReport): Record<string, string | number | null> {
  const { id, attempt, state, startedAt, sequence } = report;
  const end = report.state === 'finished' ? report : undefined;
  return {
    id,
    attempt,
    state,
    startedAt,
    sequence,
    outcome: end?.outcome ?? null,
    finishedAt: end?.finishedAt ?? null,
    reason: end?.reason ?? null,
    exitCode: end?.exitCode ?? null,
    signal: end?.signal ?? null,
    output: end?.output ?? null,
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
