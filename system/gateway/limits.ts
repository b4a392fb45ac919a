/** What the gateway holds at most; beyond it requests are refused, or the oldest makes room. */
export const limits = {
  skills: 500,
  /** Commands that the runtime has not acknowledged; further run requests get 429. */
  pendingCommands: 10_000,
  commandsPerPull: 100,
  commandWaiters: 100,
  commandWaitMs: 30_000,
  runsPerPage: 500,
  /** Finished runs beyond this many are forgotten, oldest first, and their idempotency keys with them. */
  runsKept: 100_000,
  /** A reader that asks for an older event sees a jump in the ids. */
  eventsKept: 100_000,
  /** The newest stream wins: the oldest is the likeliest to be half-open. */
  eventStreams: 64,
  /** Events read and written at once; what a slow reader can make the gateway hold. */
  eventBatch: 100,
  /** A reader that takes nothing for this long is closed; it resumes by id. */
  slowReaderMs: 5000,
  /** The longest silence on a stream, whatever the configured heartbeat. */
  streamHeartbeatMs: 1000,
  presenceMs: 3000,
  presenceSessions: 10_000,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };
