/**
 * The log as one connection sees it: every entry once, in the order of offsets. What was missed is read from the log page by
 * page, at the pace of the peer; only when the end is reached are new entries passed on as they come.
 */
import type { LogEntry } from './store/log.ts';

export interface FeedPeer {
  /** What the log holds after an offset; empty only at its end. */
  read(after: number): readonly LogEntry[];
  /** `flushed` is called, in a later turn, when the entry has left this process. */
  deliver(entry: LogEntry, flushed?: () => void): void;
  /** The log was trimmed beyond what the peer was sent: it has to resume and be told so. */
  overrun(): void;
}

export class Feed {
  readonly #peer: FeedPeer;
  #sent: number;
  #replaying = true;
  #stopped = false;

  /** `after`: offset after which entries are wanted. */
  constructor(after: number, peer: FeedPeer) {
    this.#sent = after;
    this.#peer = peer;
  }

  /** Sends what the log holds already; call it once, after the peer was welcomed. */
  start(): void {
    this.#replay();
  }

  /** An entry that was just committed. */
  publish(entry: LogEntry): void {
    if (entry.offset === this.#sent + 1 && !this.#replaying && !this.#stopped) this.#send(entry);
    // Entries may be told of in another order than theirs, and not be told of at all: the log knows better.
    else if (entry.offset > this.#sent) this.catchUp();
  }

  /** There is more in the log than was published. */
  catchUp(): void {
    // While replaying the log itself is the queue: the entry's turn comes.
    if (!this.#replaying) this.#replay();
  }

  stop(): void {
    this.#stopped = true;
  }

  #replay(): void {
    if (this.#stopped) return;
    const page = this.#peer.read(this.#sent);
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
      this.#peer.overrun();
      return;
    }
    this.#sent = entry.offset;
    this.#peer.deliver(entry, flushed);
  }
}
