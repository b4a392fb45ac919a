/** `latency`: each chunk leaves `latency` ± `jitter` ms after it came; order is kept, connecting and closing are not delayed. */
import type { Attributes } from '../toxic.ts';
import { type Held, HoldingStage } from './holding-stage.ts';
import type { StageContext, ToxicType } from './stage.ts';

class Latency extends HoldingStage {
  readonly #random: () => number;
  #latencyMs = 0;
  #jitterMs = 0;

  constructor(context: StageContext) {
    super(context);
    this.#random = context.random;
  }

  protected override configure({ latency = 0, jitter = 0 }: Attributes): void {
    this.#latencyMs = latency;
    this.#jitterMs = Math.max(0, jitter);
  }

  protected override pieceLength(head: Held): number {
    return head.chunk.length;
  }

  /** Uniform in [latency − jitter, latency + jitter), from the coming and not from here, so a queue does not add to it. */
  protected override dueAt(head: Held): number {
    return head.at + this.#latencyMs + (this.#random() * 2 - 1) * this.#jitterMs;
  }

  /** As if it had come when it was due: latencies in one chain add up, timers' lateness does not. */
  protected override leaving(head: Held, due: number): number {
    return Math.max(head.at, due);
  }
}

export const latency: ToxicType = {
  defaults: { latency: 0, jitter: 0 },
  create: (context) => new Latency(context),
};
