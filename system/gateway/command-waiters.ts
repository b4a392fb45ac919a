/** Long polls for commands: each waits until there is something to fetch, its time is up, its client is gone or the gateway closes. */
export class CommandWaiters {
  readonly #limit: number;
  readonly #waiting = new Set<() => void>();
  #closed = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves at once if the limit is reached: such a client polls without waiting. */
  wait(waitMs: number, gone: AbortSignal): Promise<void> {
    if (this.#closed || this.#waiting.size >= this.#limit || gone.aborted) return Promise.resolve();
    return new Promise((resolve) => {
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
  }

  wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  close(): void {
    this.#closed = true;
    this.wake();
  }
}
