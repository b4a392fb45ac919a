/** `slow_close`: bytes pass, the end of the stream waits `delay` ms. */
import type { Attributes } from '../toxic.ts';
import { Alarm } from './alarm.ts';
import { Stage, type ToxicType } from './stage.ts';

class SlowClose extends Stage {
  #delayMs = 0;
  #ending = false;
  readonly #alarm = new Alarm(() => super.end());

  override end(): void {
    this.#ending = true;
    this.#alarm.set(performance.now() + this.#delayMs);
  }

  /** An end that waits already waits anew, as in Toxiproxy. */
  override run({ delay = 0 }: Attributes): void {
    this.#delayMs = delay;
    if (this.#ending) this.end();
  }

  override release(): void {
    this.#alarm.cancel();
    if (this.#ending) super.end();
  }

  override dispose(): void {
    this.#alarm.cancel();
  }
}

export const slowClose: ToxicType = {
  defaults: { delay: 0 },
  create: () => new SlowClose(),
};
