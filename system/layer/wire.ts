/** What crosses the links between client, session layer, gateway and runtime: types only. JSON everywhere; times are Unix ms. */

/** How a run ended. `interrupted`: its process died with the whole container; it is run again as the next attempt. */
export type RunOutcome = 'succeeded' | 'failed' | 'timed-out' | 'interrupted';

/** What the runtime tells the gateway about a run: `POST /v1/reports`. The gateway keeps one row per `id`; the highest `sequence` wins. */
export interface RunReport {
  /** `SKILL@DUE` for a slot of the schedule, the command's id for a run that was asked for. */
  readonly id: string;
  readonly skill: string;
  readonly trigger: 'schedule' | 'request';
  readonly dueAt: number | null;
  readonly attempt: number;
  readonly state: 'started' | 'finished';
  readonly outcome?: RunOutcome;
  readonly startedAt: number;
  readonly finishedAt?: number;
  /** Grows with every change of this run: a report that arrives late never overwrites a newer one. */
  readonly sequence: number;
}

/** `GET /v1/commands` answers `{ commands: Command[] }`; pulled again until `POST /v1/commands/{id}/ack`. The id is the run's id. */
export interface Command {
  readonly id: string;
  readonly kind: 'run';
  readonly skill: string;
  /** Session that gets this run's events even if it subscribed to its own only. */
  readonly session: string | null;
  readonly requestedAt: number;
}

/** `GET /v1/events` (server-sent events; `id:` is `id`, `event:` is `type`, `data:` the whole as JSON). Ids grow by one and survive restarts. */
export interface GatewayEvent {
  readonly id: number;
  readonly at: number;
  readonly type: 'run.accepted' | 'run.started' | 'run.finished';
  readonly run: {
    readonly id: string;
    readonly skill: string;
    readonly trigger: 'schedule' | 'request';
    readonly dueAt: number | null;
    readonly attempt: number;
    readonly outcome?: RunOutcome;
  };
  readonly session: string | null;
}

/** The runtime's word about its skills: `PUT /v1/skills` with `{ skills: SkillEntry[] }`; `GET /v1/skills` gives it back. */
export interface SkillEntry {
  readonly name: string;
  readonly description: string;
  readonly schedule: string | null;
  readonly requires: readonly string[];
  /** Why the skill cannot run, if it cannot. */
  readonly problem?: string;
}

/** Who is connected, told by the session layer: `PUT /v1/presence`. Holds for 3 s, so it is repeated every second. */
export interface Presence {
  readonly sessions: readonly { readonly id: string; readonly kind: ClientKind }[];
}

/** A `probe` is a monitor's connection: it does not count as somebody being there. */
export type ClientKind = 'user' | 'probe';

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
