/** Forgets samples that are older than the retention, every now and then. */
import type { Engine } from './engine/engine.ts';
import type { Log } from './log.ts';
import { ticks } from './ticker.ts';

const longestIntervalMs = 60_000;
const shortestIntervalMs = 1000;

export class Retention {
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(engine: Engine, retentionMs: number, log: Log) {
    this.#running = this.#run(engine, retentionMs, log);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(engine: Engine, retentionMs: number, log: Log): Promise<void> {
    // So often that no sample is kept much longer than it should be.
    const intervalMs = Math.min(longestIntervalMs, Math.max(shortestIntervalMs, Math.ceil(retentionMs / 10)));
    for await (const _tick of ticks(intervalMs, intervalMs, this.#stop.signal)) {
      try {
        await engine.forgetBefore(Date.now() - retentionMs);
      } catch (error) {
        if (!this.#stop.signal.aborted)
          log('error', 'Forgetting old samples failed', { component: 'tsdb', err: error });
      }
    }
  }
}
