/** What the exit code of a gate says; of several that apply, the one that stands first in `exitPrecedence` wins. */

export const exitCodes = {
  /** Every objective held, on complete evidence. */
  held: 0,
  /** An objective was violated on complete evidence. */
  broken: 1,
  /** The evidence is not good enough to say either. */
  inconclusive: 2,
  /** Nothing was started: a scenario, a target or the command line is wrong, or the platform cannot run here. */
  invalid: 3,
  /** A fault still stands: `recover` must be run. */
  notUndone: 4,
  /** A guardrail stopped the run. */
  aborted: 5,
  /** Ctrl-C or SIGTERM. */
  interrupted: 130,
} as const;

export type ExitReason = keyof typeof exitCodes;

const exitPrecedence: readonly ExitReason[] = [
  'notUndone',
  'interrupted',
  'invalid',
  'aborted',
  'broken',
  'inconclusive',
  'held',
];

/** The exit code for all that happened. Nothing at all is not a success: it is inconclusive. */
export function exitCodeOf(reasons: Iterable<ExitReason>): number {
  const happened = new Set(reasons);
  return exitCodes[exitPrecedence.find((reason) => happened.has(reason)) ?? 'inconclusive'];
}
