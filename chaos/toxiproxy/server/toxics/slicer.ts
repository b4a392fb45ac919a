/** `slicer`: halves chunks until no piece is over `average_size` + `size_variation` bytes, and waits `delay` µs after each piece. */
import type { Attributes } from '../toxic.ts';
import { type Held, HoldingStage } from './holding-stage.ts';
import type { StageContext, ToxicType } from './stage.ts';

class Slicer extends HoldingStage {
  readonly #random: () => number;
  #averageBytes = 1;
  #variationBytes = 0;
  #delayMs = 0;
  #freeAt = 0;
  /** Lengths of the parts of the chunk in hand, the next one last; cut further when their turn comes. */
  #parts: number[] = [];

  constructor(context: StageContext) {
    super(context);
    this.#random = context.random;
  }

  protected override configure({
    average_size: average = 1,
    size_variation: variation = 0,
    delay = 0,
  }: Attributes): void {
    this.#averageBytes = average;
    this.#variationBytes = variation;
    this.#delayMs = Math.max(0, delay) / 1000;
    this.#freeAt = 0;
    this.#parts = [];
  }

  protected override pieceLength(head: Held): number {
    for (let part = this.#parts.pop() ?? head.chunk.length; ; ) {
      if (part <= this.#averageBytes + this.#variationBytes) return part;
      const half = Math.floor(part / 2) + Math.floor((this.#random() * 2 - 1) * this.#variationBytes);
      const left = Math.min(Math.max(half, 1), part - 1);
      this.#parts.push(part - left);
      part = left;
    }
  }

  protected override dueAt(): number {
    return this.#freeAt;
  }

  protected override leaving(head: Held, _due: number, now: number): number {
    this.#freeAt = now + this.#delayMs;
    return head.at;
  }
}

export const slicer: ToxicType = {
  defaults: { average_size: 0, size_variation: 0, delay: 0 },
  check({ average_size: average = 0, size_variation: variation = 0 }) {
    if (average < 1) return `average_size must be at least 1 (bytes), not ${average}`;
    if (variation < 0 || variation > average) {
      return `size_variation must be between 0 and average_size (${average} bytes), not ${variation}`;
    }
    return undefined;
  },
  create: (context) => new Slicer(context),
};
