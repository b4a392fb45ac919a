/** Every entry that a client was given while it lived, in the order it came: to tell gaps, doubles and disorder from. */
import { type Entry, type FinishedRun, finishedRunOf } from './session-frames.ts';

export interface Received {
  readonly offset: number;
  readonly kind: Entry['kind'];
  readonly id: string;
  readonly atMs: number;
  /** The run whose end it tells of. */
  readonly finished?: FinishedRun;
}

/** A log longer than this is no longer kept, and says so. */
const maxEntries = 200_000;

export class ReceivedLog {
  readonly #entries: Received[] = [];
  #lastOffset = 0;
  #doubled = 0;
  #dropped = 0;

  get entries(): readonly Received[] {
    return this.#entries;
  }

  /** Highest offset seen: where to resume. */
  get lastOffset(): number {
    return this.#lastOffset;
  }

  /** Entries that came again or after a later one. */
  get doubled(): number {
    return this.#doubled;
  }

  get dropped(): number {
    return this.#dropped;
  }

  add(entry: Entry, atMs: number): void {
    if (this.#entries.length >= maxEntries) {
      this.#dropped++;
      return;
    }
    const { offset, kind, id } = entry;
    if (offset <= this.#lastOffset) this.#doubled++;
    this.#lastOffset = Math.max(this.#lastOffset, offset);
    const finished = finishedRunOf(entry);
    this.#entries.push({ offset, kind, id, atMs, ...(finished && { finished }) });
  }

  /** The server began another log, whose entries follow from this offset on. */
  restart(offset: number): void {
    this.#lastOffset = offset;
  }
}
