/** Where a client has read up to, and where that is kept so that a reload, or the next life of the process, goes on from there. */

export interface Cursor {
  readonly session: string;
  readonly epoch: string;
  /** Offset of the last entry that the application has had. */
  readonly after: number;
}

export interface CursorStore {
  load(): Cursor | undefined | Promise<Cursor | undefined>;
  /** Called with at most one save under way; those in between are left out. */
  save(cursor: Cursor): void | Promise<void>;
}

type WebStorage = { getItem(key: string): string | null; setItem(key: string, value: string): void };

/** Keeps it in `localStorage` or `sessionStorage`; one key a session. */
export function webStorage(storage: WebStorage, key = 'openclaw-session'): CursorStore {
  return {
    load: () => parse(storage.getItem(key)),
    save: (cursor) => storage.setItem(key, JSON.stringify(cursor)),
  };
}

/** Undefined for what is no cursor: better a new session than none. */
function parse(text: string | null): Cursor | undefined {
  try {
    const { session, epoch, after } = JSON.parse(text ?? '');
    const isCursor = typeof session === 'string' && typeof epoch === 'string' && Number.isSafeInteger(after);
    return isCursor ? { session, epoch, after } : undefined;
  } catch {
    return undefined;
  }
}

/** Saves the newest cursor, one at a time. */
export class CursorSaver {
  readonly #store: CursorStore;
  readonly #failed: (error: unknown) => void;
  #next: Cursor | undefined;
  #saving = false;

  constructor(store: CursorStore, failed: (error: unknown) => void) {
    this.#store = store;
    this.#failed = failed;
  }

  save(cursor: Cursor): void {
    this.#next = cursor;
    if (!this.#saving) void this.#run();
  }

  async #run(): Promise<void> {
    this.#saving = true;
    while (this.#next !== undefined) {
      const cursor = this.#next;
      this.#next = undefined;
      try {
        await this.#store.save(cursor);
      } catch (error) {
        this.#failed(error);
      }
    }
    this.#saving = false;
  }
}
