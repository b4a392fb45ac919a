/** What a session is given, and what it tells. */
import type { CursorStore } from './cursor-store.ts';
import type { Environment } from './environment.ts';
import type { SessionError } from './session-error.ts';

export interface ConnectOptions {
  /** As `ws://127.0.0.1:3018/ws`. */
  readonly url: string;
  readonly token: string;
  /** Where the cursor survives a reload; without one each `connect` begins a new session. */
  readonly store?: CursorStore;
  /** A session that exists, to be joined from its start. A cursor in `store` comes first. */
  readonly session?: string;
  readonly kind?: 'user' | 'probe';
  readonly events?: 'all' | 'own';
  /** For tests. */
  readonly environment?: Partial<Environment>;
}

/** W3C Trace Context of what a message is a part of. A carrier that OpenTelemetry's `propagation.inject` has filled is one. */
export interface TraceContext {
  /** As `00-TRACE ID-SPAN ID-01`; what is malformed counts as none. */
  readonly traceparent?: string | undefined;
}

/**
 * `waiting`: until the next dial. `circuit-open`: too many failed in a row, and the wait is a long one; `half-open`: the one dial after it.
 * `closed`: for good.
 */
export type State = 'connecting' | 'open' | 'waiting' | 'circuit-open' | 'half-open' | 'closed';

export interface SessionEvents {
  readonly state: State;
  /** While true, messages are stored but reach the gateway later. */
  readonly degraded: boolean;
  /** The gateway has all messages of the session up to this offset. */
  readonly delivered: number;
  /** Why a connection ended, or what could not be saved; the session goes on unless its state is `closed`. */
  readonly problem: SessionError;
}
