/**
 * A session of the session layer, for browsers and Node: what is sent is stored once, what is stored comes once and in order, and the
 * connections in between may come and go. `README.md` shows it in ten lines.
 */
import { Session } from './session.ts';
import type { ConnectOptions } from './session-options.ts';

export type { Cursor, CursorStore } from './cursor-store.ts';
export { webStorage } from './cursor-store.ts';
export type { Entry, Gap } from './inbox.ts';
export type { Session } from './session.ts';
export { SessionError } from './session-error.ts';
export type { ConnectOptions, State, TraceContext } from './session-options.ts';

/** Dials at once, and again and again until `close()`. */
export function connect(options: ConnectOptions): Session {
  return new Session(options);
}
