/** Every bound of the session layer in one place; tests make some of them small. */
import { frameLimits } from './protocol.ts';

const dayMs = 24 * 3_600_000;

export const defaultLimits = {
  /** Largest WebSocket message of a client. */
  frameBytes: frameLimits.frameBytes,
  connections: 12_000,
  /** What the listener takes beyond them, so that health and metrics are still answered when they are reached. */
  otherConnections: 500,
  /** Connections that wait in the kernel to be accepted; a SYN beyond them is dropped, and comes again after 1 s, 3 s, 7 s. */
  handshakesInKernel: 4096,
  /** The oldest connection of a session makes room for one more. */
  connectionsPerSession: 8,
  /** Handshakes in one turn of the event loop, and how many may wait for theirs: the next ones are told to come back. */
  upgradesPerTurn: 25,
  upgradesWaiting: 4000,
  /** Hellos answered in one turn, with one wait for the disk. */
  hellosPerTurn: 25,
  helloTimeoutMs: 5000,
  /** How much of the log is read and handed to the socket at once while replaying. */
  pageBytes: 256 * 1024,
  /** A connection with more than this unsent is a slow consumer; it must hold a page and the largest entry. */
  bufferedBytes: 4 * 1024 * 1024,
  /** Unsent on all connections together: beyond it the ones that lag by more than a page are slow consumers. */
  bufferedBytesInAll: 128 * 1024 * 1024,
  /** How long a peer has to answer our close frame, in ms. */
  closeGraceMs: 2000,
  /** Sessions told of a shared event in one turn. */
  sessionsPerTurn: 500,
  sessions: 20_000,
  /** Of one token of `state/tokens`; the owner may have all. */
  sessionsPerToken: 1000,
  /** Sessions of probes without an entry, which live in memory only. */
  ephemeralSessions: 15_000,
  /** Older entries are trimmed: what is stored for one session alone, by number and bytes, and the shared events. */
  entriesPerSession: 10_000,
  logBytesPerSession: 64 * 1024 * 1024,
  events: 50_000,
  eventBytes: 128 * 1024 * 1024,
  entryAgeMs: 30 * dayMs,
  /** A message sent again is recognised up to this many offsets later, so well beyond the trimming of its entry. */
  messageIdSpan: 100_000,
  /** Messages that wait for the gateway; beyond that the oldest are given up and counted. */
  undelivered: 100_000,
  undeliveredBytes: 512 * 1024 * 1024,
  /** Of messages that wait for the disk, and how long they do before they are refused. */
  uncommittedBytes: 16 * 1024 * 1024,
  uncommittedMs: 2000,
  /** How long a session that nobody is connected to is kept, in ms. */
  userIdleMs: 30 * dayMs,
  probeIdleMs: 10 * 60_000,
  sweepEveryMs: 60_000,
  noteDeparturesEveryMs: 500,
  /** Entries and sessions of one answer to an HTTP request. */
  pageLimit: 1000,
} as const;

export type Limits = { readonly [K in keyof typeof defaultLimits]: number };
