/** Every bound of the session layer in one place; tests make some of them small. */
export const defaultLimits = {
  /** Largest WebSocket message of a client. */
  frameBytes: 1024 * 1024,
  /** Below the listener's own limit, so that health and metrics are still answered when it is reached. */
  connections: 900,
  /** The oldest connection of a session makes room for one more. */
  connectionsPerSession: 8,
  helloTimeoutMs: 5000,
  /** How much of the log is read and handed to the socket at once while replaying. */
  pageBytes: 256 * 1024,
  /** A connection with more than this unsent is a slow consumer; it must hold a page and the largest entry. */
  bufferedBytes: 4 * 1024 * 1024,
  /** How long a peer has to answer our close frame, in ms. */
  closeGraceMs: 2000,
  sessions: 2000,
  /** Sessions of probes without an entry, which live in memory only. */
  ephemeralSessions: 1000,
  /** Older entries are trimmed. */
  entriesPerSession: 10_000,
  logBytesPerSession: 64 * 1024 * 1024,
  /** A message sent again is recognised up to this many offsets later, so well beyond the trimming of its entry. */
  messageIdSpan: 100_000,
  /** How long a session that nobody is connected to is kept, in ms. */
  userIdleMs: 24 * 3_600_000,
  probeIdleMs: 10 * 60_000,
  sweepEveryMs: 60_000,
} as const;

export type Limits = { readonly [K in keyof typeof defaultLimits]: number };
