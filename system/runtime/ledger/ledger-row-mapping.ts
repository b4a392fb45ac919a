/** What the ledger's rows mean: as runs, as what is shown of them, and as reports to the gateway. */
import type { SQLOutputValue } from 'node:sqlite';
import type { RunOutcome, RunReport } from '../../layer/wire.ts';
import type { LedgerRow, MissedRow, QueuedRun, RunState } from './ledger-row.ts';

type Row = Readonly<Record<string, SQLOutputValue>>;

export function toRun(row: Row | undefined): QueuedRun | undefined {
  if (row === undefined) return undefined;
  return {
    sequence: Number(row.sequence),
    id: String(row.id),
    skill: String(row.skill),
    trigger: row.trigger as QueuedRun['trigger'],
    dueAt: number(row.due_at),
    attempt: Number(row.attempt),
    state: row.state as RunState,
    outcome: row.outcome as RunOutcome | null,
    startedAt: number(row.started_at),
    finishedAt: number(row.finished_at),
    reason: text(row.reason),
    exitCode: number(row.exit_code),
    signal: text(row.signal),
    notBefore: number(row.not_before),
    cancelRequested: row.cancel_requested === 1,
    queuedAt: Number(row.queued_at),
    late: row.late === 1,
    output: text(row.output),
    traceparent: text(row.traceparent),
    claimedIn: text(row.claimed_in),
  };
}

export function toLedgerRow(run: QueuedRun): LedgerRow {
  const { queuedAt: _q, late: _l, output: _o, traceparent: _t, claimedIn: _c, ...shown } = run;
  return shown;
}

export function toMissed(row: Row): MissedRow {
  return {
    sequence: Number(row.sequence),
    skill: String(row.skill),
    firstDueAt: Number(row.first_due_at),
    lastDueAt: Number(row.last_due_at),
    slots: Number(row.slots),
    reason: row.reason as MissedRow['reason'],
    at: Number(row.at),
  };
}

/** `traceparent`: of the attempt's span. */
export function toReport(
  run: QueuedRun,
  state: RunReport['state'],
  sequence: number,
  traceparent = run.traceparent ?? undefined,
): RunReport {
  const { id, skill, trigger, dueAt, attempt, outcome, queuedAt } = run;
  const finishedAt = run.finishedAt ?? queuedAt;
  // A run that was refused never started.
  const startedAt = run.startedAt ?? finishedAt;
  const trace = traceparent === undefined ? {} : { traceparent };
  const reported = { id, skill, trigger, dueAt, attempt, startedAt, sequence, ...trace };
  if (state === 'started' || outcome === null) return { ...reported, state: 'started' };
  return {
    ...reported,
    state,
    outcome,
    finishedAt,
    ...(run.reason !== null && { reason: run.reason.slice(0, 1000) }),
    ...(run.exitCode !== null && { exitCode: run.exitCode }),
    ...(run.signal !== null && { signal: run.signal }),
    ...(run.output !== null && run.output !== '' && { output: run.output }),
  };
}

function number(value: SQLOutputValue | undefined): number | null {
  return value == null ? null : Number(value);
}

function text(value: SQLOutputValue | undefined): string | null {
  return value == null ? null : String(value);
}
