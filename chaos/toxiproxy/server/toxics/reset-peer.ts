/** `reset_peer`: the first chunk, or the end, is swallowed and closes the connection `timeout` ms later. (That it closes by RST is the link's part.) */
import type { Attributes } from '../toxic.ts';
import { Alarm } from './alarm.ts';
import { Stage, type ToxicType } from './stage.ts';

class ResetPeer extends Stage {
  #timeoutMs = 0;
  readonly #alarm = new Alarm(() => super.end());

  override push(): void {
    this.end();
  }

  override end(): void {
    if (this.committed) return;
    this.committed = true;
    this.#alarm.set(performance.now() + this.#timeoutMs);
  }

  override run({ timeout = 0 }: Attributes): void {
    this.#timeoutMs = timeout;
  }

  override dispose(): void {
    this.#alarm.cancel();
  }
}

export const resetPeer: ToxicType = {
  defaults: { timeout: 0 },
  create: () => new ResetPeer(),
};
