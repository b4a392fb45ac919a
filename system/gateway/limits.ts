/** What the gateway holds at most; beyond it requests are refused, or the oldest makes room. */
export const limits = {
  skills: 2000,
  /** Commands that the runtime has not acknowledged; further run requests get 429 (cancels at twice as many). */
  pendingCommands: 10_000,
  /** Acknowledged commands are remembered for so many newer ones, so that an acknowledgement sent again finds its command. */
  commandsKept: 10_000,
  commandsPerPull: 100,
  commandWaiters: 100,
  commandWaitMs: 30_000,
  /** How long a command that was handed out is hidden from other runtimes. */
  commandLeaseMs: 10_000,
  runsPerPage: 500,
  /**
   * Finished runs beyond this many are forgotten, oldest first, but never while their idempotency key is kept. Runs whose end was never
   * told are forgotten beyond twice as many.
   */
  runsKept: 100_000,
  /** Of the newest runs; the output of older ones is forgotten before them. */
  outputsKept: 10_000,
  idempotencyKeyMs: 24 * 3_600_000,
  /** Further run requests get 429 until keys grow old. */
  idempotencyKeys: 500_000,
  /** A reader that asks for an older event is told that there is a gap. */
  eventsKept: 100_000,
  /** The newest stream wins: the oldest is the likeliest to be half-open. */
  eventStreams: 64,
  /** Events read and written at once; what a slow reader can make the gateway hold. */
  eventBatch: 100,
  /** A reader that takes nothing for this long is closed; it resumes by id. */
  slowReaderMs: 5000,
  /** The longest silence on a stream, whatever the configured heartbeat. */
  streamHeartbeatMs: 1000,
  messagesPerPage: 500,
  messagesKept: 100_000,
  messageBytesKept: 256 * 1024 * 1024,
  /** A page ends with the message that goes beyond it. */
  messagePageBytes: 4 * 1024 * 1024,
  /** Session layer silent: nobody counts as connected. */
  presenceMs: 3000,
  /** Runtime silent: no pull is open, and none was for this long. */
  runtimeSilentMs: 5000,
  /** A runtime that was silent may still have much to report: until it has been heard for this long no skill is called stale. */
  runtimeSettleMs: 10_000,
  /** Between two attempts to write while the disk takes nothing. */
  storageRetryMs: 1000,
} as const;

export type Limits = { readonly [Name in keyof typeof limits]: number };
