/**
 * What ties a layer to its supervisor: a variable that marks the layer's process, and a pipe as its stdin that ends with the supervisor.
 * A layer whose supervisor was killed closes by itself, so that nothing runs on unseen, and the next supervisor finds what is left.
 */

/** Holds the absolute path of the supervisor's pid file. Skills get an environment of their own, without it. */
export const supervisedVariable = 'OPENCLAW_SUPERVISED';

/** Calls `gone` when the supervisor has ended; never for a layer that has none. */
export function onSupervisorGone(gone: () => void): void {
  if (process.env[supervisedVariable] === undefined) return;
  process.stdin.on('close', gone).on('error', gone).resume();
}
