/** What the gate and its workers say to each other: one worker process plays one run. Both are of one version, so nothing is checked. */
import { ChaosError, InvalidInput } from '../../errors.ts';
import type { Plan } from '../../plan/plan-shape.ts';
import type { RunResult } from '../run.ts';
import type { RunListener } from '../run-listener.ts';
import type { Strain } from './strain-gauge.ts';

export interface PlayRequest {
  readonly runId: string;
  readonly runDir: string;
  readonly root: string;
  readonly plan: Plan;
}

export type ToWorker = { readonly say: 'play'; readonly request: PlayRequest } | { readonly say: 'stop' };

export type ToGate =
  | {
      [E in keyof RunListener]-?: { readonly say: E; readonly what: Parameters<Required<RunListener>[E]>[0] };
    }[keyof RunListener]
  | { readonly say: 'result'; readonly result: WireResult };

/** A result without what the gate knows already, and with its error as plain data. */
export interface WireResult
  extends Pick<PlayedRun, 'verdict' | 'independence' | 'interrupted' | 'notUndone' | 'strain'> {
  readonly error?: WireError;
}

export interface PlayedRun extends RunResult {
  /** Absent if the run was not observed to its end. */
  readonly strain?: Strain;
}

interface WireError {
  readonly kind: 'invalid' | 'chaos' | 'other';
  readonly code: string;
  readonly message: string;
  readonly mend: string | undefined;
  readonly stack: string | undefined;
}

/** A clone of an error keeps neither its class nor its code. */
export function wireError(error: Error): WireError {
  const { message, stack } = error;
  if (!(error instanceof ChaosError)) return { kind: 'other', code: '', message, mend: undefined, stack };
  const { code, mend } = error;
  return { kind: error instanceof InvalidInput ? 'invalid' : 'chaos', code, message, mend, stack };
}

export function errorFromWire({ kind, code, message, mend, stack }: WireError): Error {
  const options = mend === undefined ? {} : { mend };
  const classes = { invalid: InvalidInput, chaos: ChaosError };
  const error = kind === 'other' ? new Error(message) : new classes[kind](code, message, options);
  if (stack !== undefined) error.stack = stack;
  return error;
}
