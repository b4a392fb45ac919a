/** `bandwidth`: at most `rate` KB/s, in pieces of 100 ms; 0 lets nothing through and loses nothing. */
import type { Attributes } from '../toxic.ts';
import { type Held, HoldingStage } from './holding-stage.ts';
import type { ToxicType } from './stage.ts';

/** A piece takes so long, so that a slow stream trickles and does not come in bursts. */
const pieceMs = 100;
/** A late timer is made good, up to this; time in which the destination took nothing is not. */
const creditMs = 100;

class Bandwidth extends HoldingStage {
  /** KB/s with 1 KB = 1000 B, which is bytes per ms. */
  #bytesPerMs = 0;
  /** When the piece before was due. */
  #lastDue = 0;

  protected override configure({ rate = 0 }: Attributes): void {
    this.#bytesPerMs = rate;
    this.#lastDue = 0;
  }

  protected override pieceLength(): number {
    return Math.max(1, this.#bytesPerMs * pieceMs);
  }

  protected override dueAt(head: Held, length: number): number {
    return Math.max(head.entered, this.#lastDue) + length / this.#bytesPerMs;
  }

  protected override leaving(head: Held, due: number, now: number): number {
    this.#lastDue = Math.max(due, now - creditMs);
    return head.at;
  }
}

export const bandwidth: ToxicType = {
  defaults: { rate: 0 },
  check: ({ rate = 0 }) => (rate < 0 ? `rate must be 0 or more (KB/s), not ${rate}` : undefined),
  create: (context) => new Bandwidth(context),
};
