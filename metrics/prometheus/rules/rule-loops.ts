/** Evaluates each rule group at its interval, as at evenly spaced times, whenever the evaluation really happens. */
import type { Engine, RuleGroup } from '../engine/engine.ts';
import type { Log } from '../log.ts';
import { nextSlot, phaseOf } from '../slots.ts';
import { ticks } from '../ticker.ts';

export class RuleLoops {
  readonly #engine: Engine;
  readonly #log: Log;
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  start(groups: readonly RuleGroup[]): void {
    this.#stop = new AbortController();
    this.#running = Promise.all(groups.map((group) => this.#run(group, this.#stop.signal)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(group: RuleGroup, stop: AbortSignal): Promise<void> {
    const { file, name, intervalMs } = group;
    const now = Date.now();
    const offset = clockOffset();
    const first = nextSlot(now, phaseOf(`${file};${name}`, intervalMs), intervalMs);
    for await (const { number } of ticks(first - now, intervalMs, stop)) {
      // Where the clock was set, or the machine slept: on by whole intervals.
      const moved = Math.trunc((clockOffset() - offset) / intervalMs) * intervalMs;
      try {
        await this.#engine.evaluate(group, first + number * intervalMs + moved);
      } catch (error) {
        if (stop.aborted) return;
        this.#log('warn', 'Evaluating rule group failed', { component: 'rule manager', file, group: name, err: error });
      }
    }
  }
}

/** Between the clock on the wall and the monotone one, in milliseconds. */
function clockOffset(): number {
  return Date.now() - performance.now();
}
