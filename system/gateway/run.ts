/** A run as the gateway knows it, and how it is read from its row. */
import type { Command, GatewayEvent, RunOutcome } from '../layer/wire.ts';

export interface Run {
  readonly id: string;
  readonly skill: string;
  readonly trigger: 'schedule' | 'request';
  readonly session: string | null;
  readonly dueAt: number | null;
  readonly requestedAt: number | null;
  readonly attempt: number;
  readonly state: 'accepted' | 'started' | 'finished';
  readonly outcome: RunOutcome | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface RunRow {
  readonly number: number;
  readonly id: string;
  readonly skill: string;
  readonly trigger: 'schedule' | 'request';
  readonly session: string | null;
  readonly due_at: number | null;
  readonly requested_at: number | null;
  readonly attempt: number;
  readonly state: Run['state'];
  readonly outcome: RunOutcome | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly sequence: number;
}

export function runOf(row: RunRow): Run {
  return {
    id: row.id,
    skill: row.skill,
    trigger: row.trigger,
    session: row.session,
    dueAt: row.due_at,
    requestedAt: row.requested_at,
    attempt: row.attempt,
    state: row.state,
    outcome: row.outcome,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  };
}

export function commandOf(row: RunRow): Command {
  return { id: row.id, kind: 'run', skill: row.skill, session: row.session, requestedAt: row.requested_at ?? 0 };
}

/** The event that says that a run came into its present state. */
export function eventOf(run: Run, at: number): Omit<GatewayEvent, 'id'> {
  const { id, skill, trigger, dueAt, attempt, outcome } = run;
  return {
    at,
    type: `run.${run.state}`,
    run: { id, skill, trigger, dueAt, attempt, ...(outcome !== null && { outcome }) },
    session: run.session,
  };
}
