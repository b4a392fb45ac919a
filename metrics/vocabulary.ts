/** The closed sets of label values that recorder, SLIs and dashboards share. A value that is not listed here is never written. */

/** `before`: steady state to first injection; `during`: to the end of the last fault; `after`: to the end of observation. */
export const phases = ['before', 'during', 'after'] as const;
export type Phase = (typeof phases)[number];

/** `user`: through the client links, which may carry a fault. `observer`: on a path that never does. */
export const vantages = ['user', 'observer'] as const;
export type Vantage = (typeof vantages)[number];

/** Stands where a layer does: run request → skill run → event on the user's connection. Its vantage is `user`. */
export const endToEnd = 'end-to-end';

/** What the user was promised to find again. */
export const durables = ['message', 'run', 'session', 'event', 'crowd-message'] as const;
export type Durable = (typeof durables)[number];

/** What a user may be waiting for when a blow falls: that a message is acknowledged, that a run is accepted. */
export const inFlightThings = ['message', 'run'] as const satisfies readonly Durable[];

/** What the operator's shell check says, and what is true. */
export const operatorStates = ['degraded', 'operational'] as const;
export type OperatorState = (typeof operatorStates)[number];

/** How a run ends. `unknown`: the ledger that knew was lost. */
export const runOutcomes = ['succeeded', 'failed', 'timed-out', 'interrupted', 'cancelled', 'unknown'] as const;

/**
 * What became of a slot of the schedule; each slot is counted once, when it is accounted for.
 * `missed`: it has no run, for a reason that is recorded; `unknown`: the ledger that knew was lost, and it will not run again.
 */
export const slotFates = ['claimed', 'caught-up', 'deferred', 'missed', 'unknown'] as const;

/** Why a slot has no run. */
export const missedReasons = [
  'catch-up-window',
  'catch-up-latest',
  'catch-up-none',
  'overlap',
  'disabled',
  'backing-off',
  'unknown',
] as const;

/** What a probe found; `void`: the harness itself was not fit to look. */
export const probeResults = ['good', 'bad', 'void'] as const;

/** What effects and ledger together say of a slot. */
export const skillOutcomes = ['success', 'failed', 'missed'] as const;

/** Who contradicts whom: see `chaos/observe/outcomes.ts`. */
export const disagreements = [
  'ledger-without-effect',
  'effect-without-ledger',
  'counter',
  'slot-without-ledger',
  'effects-changed',
] as const;

export const verdictOutcomes = ['held', 'broken', 'inconclusive'] as const;
