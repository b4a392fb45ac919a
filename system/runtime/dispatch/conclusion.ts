/** What the end of an attempt says about its run. */
import type { RunOutcome } from '../../layer/wire.ts';
import type { AttemptEnd } from '../attempt/running-attempt.ts';

export interface Conclusion {
  readonly outcome: RunOutcome;
  /** Unix ms. */
  readonly at: number;
  /** How long the command took; undefined if it never ran or nobody knows. */
  readonly seconds?: number;
  readonly reason: string | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** The end of what the command printed. */
  readonly output: string | null;
}

const neverRan = { exitCode: null, signal: null, output: null } as const;

/** For a run without an attempt of its own to tell of. */
export function withoutAttempt(outcome: RunOutcome, reason: string): Conclusion {
  return { outcome, at: Date.now(), reason, ...neverRan };
}

/** `output`: the end of what the command printed. */
export function conclusionOf(end: AttemptEnd, output: string, attempts: number): Conclusion {
  if (end.kind === 'unstartable') {
    return { outcome: 'failed', at: end.at, reason: `its process could not be started: ${end.reason}`, ...neverRan };
  }
  if (end.kind === 'interrupted') {
    return withoutAttempt('interrupted', `interrupted ${attempts} times: given up`);
  }
  const { code, signal, at, seconds } = end;
  const ended = { at, seconds, exitCode: code, signal, output: output === '' ? null : output };
  switch (end.kind) {
    case 'timed-out':
      return { ...ended, outcome: 'timed-out', reason: 'it took longer than its timeout' };
    case 'cancelled':
      return { ...ended, outcome: 'cancelled', reason: 'cancelled while it ran' };
    case 'exited':
      if (code === 0) return { ...ended, outcome: 'succeeded', reason: null };
      return { ...ended, outcome: 'failed', reason: `${howItEnded(code, signal)}${lastWords(output)}` };
  }
}

/** Why it did not succeed, without what the command printed: that may be a secret, and who keeps traces is no part of the system. */
export function reasonForTrace({ outcome, reason, exitCode, signal }: Conclusion): string | null {
  const hasFailed = outcome === 'failed' && (signal !== null || (exitCode !== null && exitCode !== 0));
  return hasFailed ? howItEnded(exitCode, signal) : reason;
}

function howItEnded(code: number | null, signal: string | null): string {
  return signal === null ? `exit code ${code}` : `ended by ${signal}`;
}

function lastWords(output: string): string {
  const line = output.split('\n').at(-1) ?? '';
  return line === '' ? '' : `: ${line.slice(0, 300)}`;
}
