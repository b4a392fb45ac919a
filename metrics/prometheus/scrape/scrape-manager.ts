/** The loops of all targets; a new configuration keeps the loops of targets that stay as they are. */
import type { Target } from '../config/target.ts';
import type { Engine } from '../engine/engine.ts';
import type { Log } from '../log.ts';
import { TargetLoop } from './target-loop.ts';

export class ScrapeManager {
  readonly #engine: Engine;
  readonly #log: Log;
  #loops: ReadonlyMap<string, TargetLoop> = new Map();

  constructor(engine: Engine, log: Log) {
    this.#engine = engine;
    this.#log = log;
  }

  /** In the order of the configuration. */
  get loops(): readonly TargetLoop[] {
    return [...this.#loops.values()];
  }

  /** Starts what is new, and ends what is gone: its series are stale from now on. */
  async apply(targets: readonly Target[]): Promise<void> {
    const before = this.#loops;
    this.#loops = new Map(
      targets.map((target) => [target.id, before.get(target.id) ?? new TargetLoop(target, this.#engine, this.#log)]),
    );
    await Promise.all(
      [...before].map(async ([id, loop]) => {
        if (this.#loops.has(id)) return;
        await loop.stop();
        await this.#engine.endTarget(id, Date.now());
      }),
    );
    for (const loop of this.#loops.values()) loop.start();
  }

  /** Without stale markers, as a server that stops leaves its series. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }
}
