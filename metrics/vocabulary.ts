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
