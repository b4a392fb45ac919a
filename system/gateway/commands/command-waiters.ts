/** Long polls for commands: each waits until there may be something to fetch, its time is up, its client is gone or the gateway closes. */
export class CommandWaiters {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** False at once if there is no waiting: the limit is reached (such a client polls), or the gateway closes; and false when it does. */
  async wait(waitMs: number, gone: AbortSignal): Promise<boolean> {
    if (this.#closed || this.#waiting.size >= this.#limit || gone.aborted) return false;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        gone.removeEventListener('abort', done);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, waitMs);
      gone.addEventListener('abort', done);
      this.#waiting.add(done);
    });
    return !this.#closed;
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }
}
