/**
 * Lets queries into the engine one after the other, the first come first: it is a single thread, and between two queries the
 * scrapes that are waiting get their turn. Who waits longer than its timeout is sent away, and so is who finds the queue full.
 */
import { ApiError } from './api-error.ts';

/** Node's timers hold no more. */
const longestTimerMs = 2 ** 31 - 1;

export interface Patience {
  /** For waiting and evaluation together. */
  readonly timeoutMs: number;
  /** Aborted when the client is gone: its query is not evaluated any more. */
  readonly gone: AbortSignal;
}

export class QueryGate {
  readonly #maxWaiting: number;
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(maxWaiting: number) {
    this.#maxWaiting = maxWaiting;
  }

  /** `work` is told how much of its time is left, in whole milliseconds. @throws {ApiError} if it never got its turn. */
  async run<T>({ timeoutMs, gone }: Patience, work: (timeoutMs: number) => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#maxWaiting) {
      throw new ApiError('unavailable', `too many queries are waiting: the limit is ${this.#maxWaiting}`);
    }
    const before = this.#last;
    const done = Promise.withResolvers<void>();
    this.#last = before.then(() => done.promise);
    try {
      const left = await this.#turn(before, timeoutMs, gone);
      return await work(left);
    } finally {
      done.resolve();
    }
  }

  async #turn(before: Promise<unknown>, timeoutMs: number, gone: AbortSignal): Promise<number> {
    const start = performance.now();
    this.#waiting++;
    const { promise: impatience, reject } = Promise.withResolvers<never>();
    const canceled = new ApiError('canceled', 'query was canceled in query queue');
    const leave = (): void => reject(canceled);
    const timedOut = (): void => reject(new ApiError('timeout', 'query timed out in query queue'));
    const timer = setTimeout(timedOut, Math.min(Math.max(timeoutMs, 1), longestTimerMs));
    gone.addEventListener('abort', leave, { once: true });
    try {
      await Promise.race([before, impatience]);
      if (gone.aborted) throw canceled;
      return Math.trunc(timeoutMs - (performance.now() - start));
    } finally {
      this.#waiting--;
      clearTimeout(timer);
      gone.removeEventListener('abort', leave);
    }
  }
}
