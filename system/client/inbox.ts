/** What came in and the application has not had: each entry once, in the order of the log, and a gap where the log could not be continued. */
import type { ServerFrame } from '../session/protocol.ts';
import type { Cursor } from './cursor-store.ts';

type Welcome = Extract<ServerFrame, { type: 'welcome' }>;
export type Entry = Extract<ServerFrame, { type: 'entry' }>;

/** Between the items before and after it entries may be missing; what lies between `floor` and `from` is in the session's history. */
export interface Gap {
  readonly type: 'gap';
  readonly reason: string;
  readonly session: string;
  readonly epoch: string;
  readonly floor: number;
  readonly from: number;
}

/** Without an epoch: of a session that is known by its name only. */
type Position = Omit<Cursor, 'epoch'> & { readonly epoch?: string };

interface Item {
  readonly item: Entry | Gap;
  /** Where the application stands once it has had this item. */
  readonly cursor: Cursor;
  /** In characters, as it came. */
  readonly length: number;
}

const maxItems = 1000;
const maxLength = 8 * 1024 * 1024;

interface InboxEvents {
  /** The application has had everything up to here. */
  readonly taken: (cursor: Cursor) => void;
  /** Entries had to be left out, and there is room for them again: they must be asked for anew. */
  readonly hungry: () => void;
}

export class Inbox {
  readonly #events: InboxEvents;
  readonly #items: Item[] = [];
  #length = 0;
  #position: Position | undefined;
  /** False until there is a session: its first welcome is no gap. */
  #begun = false;
  #leftOut = false;
  #reading = false;
  #end: { readonly error: Error | undefined } | undefined;
  #arrived: () => void = () => {};

  constructor(events: InboxEvents) {
    this.#events = events;
  }

  /** Up to where entries have come in; the next connection goes on from there. */
  get position(): Position | undefined {
    return this.#position;
  }

  startFrom(position: Position | undefined): void {
    this.#position = position;
    this.#begun = position !== undefined;
  }

  /** The session is gone: the next one is another, after a gap. */
  forget(): void {
    this.#position = undefined;
  }

  welcome({ session, epoch, recovered, reason = 'unknown-session', from, floor }: Welcome): void {
    this.#leftOut = false;
    if (recovered) {
      this.#position = { session, epoch, after: this.#position?.after ?? from };
      return;
    }
    const cursor = { session, epoch, after: from };
    if (!this.#begun) {
      this.#begun = true;
      this.#position = cursor;
      this.#events.taken(cursor);
      return;
    }
    // Of several gaps with nothing between them the last one says it all.
    if (this.#items.at(-1)?.item.type === 'gap') this.#items.pop();
    this.#put({ type: 'gap', reason, session, epoch, floor, from }, cursor);
  }

  /** False if an entry before this one is missing: the connection must be replaced. */
  entry(entry: Entry, length: number): boolean {
    const { session, epoch, after } = this.#position ?? {};
    if (session === undefined || epoch === undefined || after === undefined) return false;
    if (this.#leftOut || entry.offset <= after) return true;
    if (entry.offset > after + 1) return false;
    if (this.#items.length >= maxItems || this.#length >= maxLength) {
      this.#leftOut = true;
      return true;
    }
    this.#put(entry, { session, epoch, after: entry.offset }, length);
    return true;
  }

  /** What has come in can still be read; then readers end, or throw `error`. */
  end(error?: Error): void {
    this.#end ??= { error };
    this.#arrived();
  }

  async *read(): AsyncGenerator<Entry | Gap, void, undefined> {
    if (this.#reading) throw new TypeError('the entries of a session are read by one loop at a time');
    this.#reading = true;
    try {
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
        yield next.item;
        this.#events.taken(next.cursor);
      }
    } finally {
      this.#reading = false;
    }
  }

  async #next(): Promise<Item | undefined> {
    for (;;) {
      const next = this.#items.shift();
      this.#length -= next?.length ?? 0;
      if (this.#leftOut && this.#items.length < maxItems / 2 && this.#length < maxLength / 2) this.#events.hungry();
      if (next !== undefined) return next;
      if (this.#end?.error !== undefined) throw this.#end.error;
      if (this.#end !== undefined) return undefined;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#arrived = resolve;
      await promise;
    }
  }

  #put(item: Entry | Gap, cursor: Cursor, length = 0): void {
    this.#position = cursor;
    this.#items.push({ item, cursor, length });
    this.#length += length;
    this.#arrived();
  }
}
