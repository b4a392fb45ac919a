/** Notices that the disk fails, by what is written anyway, and that it works again, by trying now and then. */
import type { Logger } from '../layer/logger.ts';
import type { Health } from './health.ts';

const tryAgainMs = 1000;

export class StorageWatch implements Disposable {
  readonly #health: Health;
  readonly #log: Logger;
  readonly #timer: NodeJS.Timeout;

  /** `probe` writes something small. */
  constructor(health: Health, log: Logger, probe: () => void) {
    this.#health = health;
    this.#log = log;
    this.#timer = setInterval(() => {
      if (health.has('storage')) this.#tryAgain(probe);
    }, tryAgainMs);
  }

  /** What `write` returns or throws. That it succeeds says little: it may have had nothing to write. */
  watch<T>(write: () => T): T {
    try {
      return write();
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#health.bad('storage', `the disk cannot be written (${detail}): messages are not accepted`);
      throw error;
    }
  }

  /** For what can do without: a failure is logged. */
  tolerate(write: () => void, failure: string): void {
    try {
      this.watch(write);
    } catch (error) {
      this.#log.warn({ err: error }, failure);
    }
  }

  #tryAgain(probe: () => void): void {
    try {
      this.watch(probe);
      this.#health.good('storage');
      this.#log.info('the disk can be written again');
    } catch {
      // It was told when it began.
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
