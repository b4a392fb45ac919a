/** A run as the ledger keeps it. */
import type { RunOutcome } from '../../layer/wire.ts';

export type RunState = 'deferred' | 'claimed' | 'running' | 'finished';

/** A row as `GET /v1/ledger` shows it. */
export interface LedgerRow {
  /** Grows with every change of any row. */
  readonly sequence: number;
  readonly id: string;
  readonly skill: string;
  readonly trigger: 'schedule' | 'request';
  readonly dueAt: number | null;
  readonly attempt: number;
  readonly state: RunState;
  readonly outcome: RunOutcome | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Why it did not succeed; of a run that waits for its next attempt, why the last one did not. */
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** A claimed run is not started before this time. */
  readonly notBefore: number | null;
  /** Somebody wants it ended: its process is to be stopped. */
  readonly cancelRequested: boolean;
}

export interface QueuedRun extends LedgerRow {
  readonly queuedAt: number;
  readonly late: boolean;
  /** The end of what it printed, at most 2 KiB. */
  readonly output: string | null;
  /** What the spans of its attempts are children of: the command that asked for it; of a slot, the span of its first attempt. */
  readonly traceparent: string | null;
  /** Traceparent of the turn of the scheduler that claimed the slot: what the spans of its attempts link to. */
  readonly claimedIn: string | null;
}

/** How an attempt's process ended. */
export interface AttemptResult {
  /** The attempt that ended: if the run is at another one by now, the result comes too late and changes nothing. */
  readonly attempt: number;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly output: string | null;
}

/** How an attempt ended for good. */
export interface AttemptEnded extends AttemptResult {
  readonly outcome: RunOutcome;
  readonly at: number;
  /** Of the attempt's span: what its report is a part of. Absent: that of the run. */
  readonly traceparent?: string | undefined;
}

/** How an attempt ended that is followed by another one, not before the time given. */
export interface AttemptToRetry extends AttemptResult {
  readonly now: number;
  readonly notBefore: number;
}

export type CancelResult = 'finished' | 'cancelled' | 'running' | 'unknown';

/**
 * Why a slot has no run. `catch-up-*`: the skill's policy for slots that came due while nobody could claim them; `overlap`: an earlier run
 * was not over; `disabled`: the skill was; `backing-off`: it had failed again and again; `unknown`: the ledger that knew was lost, and the slot may have run.
 */
export type MissReason =
  | 'catch-up-window'
  | 'catch-up-latest'
  | 'catch-up-none'
  | 'overlap'
  | 'disabled'
  | 'backing-off';

/** A range of slots that will not run. */
export interface MissedSlots {
  readonly firstDueAt: number;
  readonly lastDueAt: number;
  readonly slots: number;
  readonly reason: MissReason;
}

/** As `GET /v1/missed` shows it. */
export interface MissedRow extends Omit<MissedSlots, 'reason'> {
  readonly sequence: number;
  readonly skill: string;
  readonly reason: MissReason | 'unknown';
  readonly at: number;
}

/** The slots of one skill that came due up to `until`. */
export interface DueSlots {
  readonly skill: string;
  readonly schedule: string;
  readonly until: number;
  readonly slots: readonly {
    readonly dueAt: number;
    readonly fate: 'claimed' | 'caught-up' | 'deferred';
    /** Its jitter: not started earlier. */
    readonly notBefore?: number;
  }[];
  readonly missed: readonly MissedSlots[];
  /** Runs whose place these slots take. */
  readonly cancel?: readonly string[];
}
