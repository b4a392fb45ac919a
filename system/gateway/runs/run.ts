/** A run as the gateway knows it: its schema, and how it is read from its row. */
import { z } from 'zod';
import { type GatewayEvent, runOutcome } from '../../layer/wire.ts';

const time = z.int().nullable();

export const runSchema = z
  .object({
    id: z.string(),
    skill: z.string(),
    trigger: z.enum(['schedule', 'request']),
    session: z.string().nullable(),
    /** Of the slot; null for a run that was asked for. */
    dueAt: time,
    requestedAt: time,
    /** Of the last attempt that was reported. */
    attempt: z.int(),
    state: z.enum(['accepted', 'started', 'finished']),
    outcome: runOutcome.nullable(),
    /** Why it did not succeed, for people. */
    reason: z.string().nullable(),
    exitCode: z.int().nullable(),
    signal: z.string().nullable(),
    startedAt: time,
    finishedAt: time,
    /** Set as soon as somebody asked to cancel it; the runtime's word decides what becomes of it. */
    cancelRequestedAt: time,
  })
  .meta({ id: 'Run', description: 'A run of a skill. Times are Unix ms.' });
export type Run = z.infer<typeof runSchema>;

export const runWithOutputSchema = z
  .object({
    ...runSchema.shape,
    output: z.string().nullable(),
    /** Of what asked for it; of a run that nobody asked for, the run itself. Null: it came without a trace. */
    traceparent: z.string().nullable(),
  })
  .meta({
    id: 'RunWithOutput',
    description:
      'A run, with the end of what its process printed, and the trace that it is a part of. Times are Unix ms.',
  });
export type RunWithOutput = z.infer<typeof runWithOutputSchema>;

export interface RunRow {
  readonly number: number;
  readonly id: string;
  readonly skill: string;
  readonly trigger: Run['trigger'];
  readonly session: string | null;
  readonly due_at: number | null;
  readonly requested_at: number | null;
  readonly attempt: number;
  readonly state: Run['state'];
  readonly outcome: Run['outcome'];
  readonly reason: string | null;
  readonly exit_code: number | null;
  readonly signal: string | null;
  readonly output: string | null;
  readonly started_at: number | null;
  readonly finished_at: number | null;
  readonly cancel_requested_at: number | null;
  readonly sequence: number;
  readonly traceparent: string | null;
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
    reason: row.reason,
    exitCode: row.exit_code,
    signal: row.signal,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    cancelRequestedAt: row.cancel_requested_at,
  };
}

/** The event that says that a run came into its present state. `traceparent`: of what brought it there. */
export function eventOf(run: Run, at: number, traceparent?: string): Omit<GatewayEvent, 'id'> {
  const { id, skill, trigger, dueAt, attempt, outcome } = run;
  return {
    at,
    type: `run.${run.state}`,
    run: { id, skill, trigger, dueAt, attempt, ...(outcome !== null && { outcome }) },
    session: run.session,
    ...(traceparent !== undefined && { traceparent }),
  };
}
