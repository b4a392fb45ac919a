/** `timeout`: discards all bytes; closes after `timeout` ms in which none came. 0: never closes. Removing it closes the connection. */
import type { Attributes } from '../toxic.ts';
import { Alarm } from './alarm.ts';
import { Stage, type ToxicType } from './stage.ts';

class Timeout extends Stage {
  #timeoutMs = 0;
  readonly #alarm = new Alarm(() => this.end());

  override push(): void {
    if (!this.committed) this.#restart();
  }

  override end(): void {
    this.#alarm.cancel();
    this.committed = true;
    super.end();
  }

  override run({ timeout = 0 }: Attributes): void {
    this.#timeoutMs = timeout;
    this.#restart();
  }

  override release(): void {
    this.#alarm.cancel();
  }

  /** What it swallowed is missing: the stream can't go on. */
  override retire(): void {
    this.end();
  }

  override dispose(): void {
    this.#alarm.cancel();
  }

  #restart(): void {
    this.#alarm.set(this.#timeoutMs > 0 ? performance.now() + this.#timeoutMs : Number.POSITIVE_INFINITY);
  }
}

export const timeout: ToxicType = {
  defaults: { timeout: 0 },
  create: () => new Timeout(),
};
