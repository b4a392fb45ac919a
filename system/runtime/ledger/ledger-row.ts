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
  /** Why it did not succeed. */
  readonly reason: string | null;
}

export interface QueuedRun extends LedgerRow {
  readonly queuedAt: number;
  readonly late: boolean;
}
