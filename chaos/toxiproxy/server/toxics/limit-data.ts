/** `limit_data`: passes `bytes` bytes, then closes; 0 closes at the first byte. Counted per connection and direction. */
import type { Attributes } from '../toxic.ts';
import { Stage, type ToxicType } from './stage.ts';

class LimitData extends Stage {
  #limitBytes = 0;
  /** Stays through updates: a limit that is lowered below it closes at the next chunk. */
  #passedBytes = 0;

  override push(chunk: Buffer, at: number): void {
    if (this.committed) return;
    const left = Math.max(0, this.#limitBytes - this.#passedBytes);
    const passed = Math.min(left, chunk.length);
    this.#passedBytes += passed;
    if (passed > 0) super.push(passed === chunk.length ? chunk : chunk.subarray(0, passed), at);
    if (passed === left) {
      this.committed = true;
      super.end();
    }
  }

  override run({ bytes = 0 }: Attributes): void {
    this.#limitBytes = bytes;
  }
}

export const limitData: ToxicType = {
  defaults: { bytes: 0 },
  create: () => new LimitData(),
};
