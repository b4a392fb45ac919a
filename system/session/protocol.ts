/** The frames of the WebSocket, both ways. */
import type { ClientKind } from '../layer/wire.ts';

/** Client → session layer, one JSON object a WebSocket text frame. The first must be `hello`. */
export type ClientFrame =
  | {
      readonly type: 'hello';
      readonly protocol: 1;
      readonly token: string;
      /** Session to go on with; absent for a new one. */
      readonly session?: string;
      /** Epoch in which `after` was seen; the log can only be continued in the same one. */
      readonly epoch?: string;
      /** Last offset that the client has seen; 0 for none. */
      readonly after?: number;
      readonly kind?: ClientKind;
      /** `all` (default): the events of every run; `own`: only of runs asked for with this session. */
      readonly events?: 'all' | 'own';
    }
  | { readonly type: 'message'; readonly id: string; readonly body: unknown }
  | { readonly type: 'ping'; readonly id: string };

/** Session layer → client. */
export type ServerFrame =
  | {
      readonly type: 'welcome';
      readonly session: string;
      readonly epoch: string;
      /** Newest offset of the log. */
      readonly offset: number;
      /** True if every entry after the client's `after` follows; else `reason` says why not, and entries follow from `offset` on. */
      readonly recovered: boolean;
      readonly reason?: 'new-session' | 'unknown-session' | 'epoch-changed' | 'offset-unknown' | 'trimmed';
      readonly heartbeatMs: number;
    }
  | {
      readonly type: 'entry';
      readonly offset: number;
      readonly at: number;
      readonly kind: 'message' | 'event';
      readonly id: string;
      readonly body: unknown;
    }
  /** The message is on disk, at this offset of the log. */
  | { readonly type: 'ack'; readonly id: string; readonly offset: number }
  | { readonly type: 'pong'; readonly id: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

/** Close codes of ours; beside them RFC 6455's 1001 (shutting down: resume) and 1009 (frame too big). */
export const closeCodes = {
  badFrame: 4400,
  unauthorized: 4401,
  helloTimeout: 4408,
  slowConsumer: 4413,
  replaced: 4409,
} as const;
