/** When somebody wants `npm start` to stop: a signal, or the end of the npm that started it; and when, again, at once. */
import { EventEmitter } from 'node:events';

/** npm passes Ctrl-C on to a process that has it from the terminal already: both are one wish. */
const sameWishMs = 500;
const npmPollMs = 1000;

export class StopRequests extends EventEmitter<{ stop: [why: string]; 'stop-now': [why: string] }> {
  #askedAt: number | undefined;

  listen(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.ask(signal));
    if (process.env.npm_lifecycle_event !== undefined) this.#watchNpm(process.ppid);
  }

  ask(why: string, now = performance.now()): void {
    if (this.#askedAt === undefined) {
      this.#askedAt = now;
      this.emit('stop', why);
    } else if (now - this.#askedAt >= sameWishMs) this.emit('stop-now', why);
  }

  /** Once npm is killed nobody would reach this process any more. The script in package.json is an `exec`, so npm is its parent. */
  #watchNpm(npm: number): void {
    const timer = setInterval(() => {
      if (process.ppid === npm) return;
      clearInterval(timer);
      this.ask('npm is gone');
    }, npmPollMs);
    timer.unref();
  }
}
