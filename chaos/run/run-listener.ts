/** Who is told what happens in a run. */
import type { AlertChange } from '../observe/alert-book.ts';
import type { Snapshot } from '../observe/observation.ts';
import type { FaultEvent } from './conduct-entry.ts';

/** Told of everything while it happens. What it throws is of no consequence to the run. */
export interface RunListener {
  progress?(message: string): void;
  stage?(stage: RunStage): void;
  fault?(event: FaultEvent): void;
  alert?(change: AlertChange): void;
  snapshot?(snapshot: Snapshot): void;
}

export type RunStage = 'starting' | 'steady-state' | 'timeline' | 'settling' | 'judging' | 'removing';

/** A listener whose absences and errors do not matter. */
export function quiet(listener: RunListener): Required<RunListener> {
  const call =
    <A>(method: ((argument: A) => void) | undefined) =>
    (argument: A) => {
      try {
        method?.call(listener, argument);
      } catch {
        // Showing what happens must never change what happens.
      }
    };
  return {
    progress: call(listener.progress),
    stage: call(listener.stage),
    fault: call(listener.fault),
    alert: call(listener.alert),
    snapshot: call(listener.snapshot),
  };
}
