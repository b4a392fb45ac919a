/**
 * The log as one connection sees it: every entry once, in the order of offsets. What was missed is read from the log page by
 * page, at the pace of the peer; only when the end is reached are new entries passed on as they come.
 */
import type { LogEntry } from './session-log.ts';

export interface FeedOptions {
  /** Offset after which entries are wanted. */
  readonly after: number;
  readonly read: (after: number) => readonly LogEntry[];
  /** `flushed` is called, in a later turn, when the entry has left this process. */
  readonly send: (entry: LogEntry, flushed?: () => void) => void;
  /** The log was trimmed beyond what the peer was sent: it has to resume and be told so. */
  readonly overrun: () => void;
}

export class Feed {
  readonly #options: FeedOptions;
  #sent: number;
  #replaying = true;
  #stopped = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#sent = options.after;
  }

  /** Sends what the log holds already; call it once, after the peer was welcomed. */
  start(): void {
    this.#replay();
  }

  /** An entry that was just committed. */
  publish(entry: LogEntry): void {
    // While replaying the log itself is the queue: the entry's turn comes.
    if (this.#replaying || this.#stopped || entry.offset <= this.#sent) return;
    this.#send(entry);
  }

  stop(): void {
    this.#stopped = true;
  }

  #replay(): void {
    if (this.#stopped) return;
    const page = this.#options.read(this.#sent);
    const last = page.at(-1);
    this.#replaying = last !== undefined;
    for (const entry of page) {
      this.#send(entry, entry === last ? () => this.#replay() : undefined);
      if (this.#stopped) return;
    }
  }

  #send(entry: LogEntry, flushed?: () => void): void {
    if (entry.offset !== this.#sent + 1) {
      this.#stopped = true;
      this.#options.overrun();
      return;
    }
    this.#sent = entry.offset;
    this.#options.send(entry, flushed);
  }
}
