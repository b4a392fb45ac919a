/** Tells the gateway who is connected, every second and soon after a user came or went; best effort. */
import { setTimeout as delay } from 'node:timers/promises';
import type { GatewayLink } from '../layer/gateway-link.ts';
import type { Presence } from '../layer/wire.ts';

const everyMs = 1000;
const timeoutMs = 1000;
/** Many who come at once are told in one go. */
const atMostEveryMs = 100;

export class PresenceReporter {
  readonly #link: GatewayLink;
  readonly #present: () => Presence['sessions'];
  #wake = new AbortController();

  constructor(link: GatewayLink, present: () => Presence['sessions']) {
    this.#link = link;
    this.#present = present;
    link.onChange(() => this.changed());
  }

  changed(): void {
    // Thousands may come in one turn, and each abort makes an error, of no use to anybody after the first.
    if (!this.#wake.signal.aborted) this.#wake.abort();
  }

  /** Resolves when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#wake = new AbortController();
      // Dialling an unreachable gateway is the event stream's task.
      if (this.#link.reachable) await this.#tell(signal);
      await delay(atMostEveryMs, undefined, { signal }).catch(() => {});
      await delay(everyMs - atMostEveryMs, undefined, { signal: AbortSignal.any([signal, this.#wake.signal]) }).catch(
        () => {},
      );
    }
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const body: Presence = { sessions: this.#present() };
    // A slow answer is given up by a signal, which is no evidence against the gateway; a refusal is.
    const patience = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    await this.#link
      .request('PUT', '/v1/presence', { body, timeoutMs: 2 * timeoutMs, signal: patience, traced: false })
      .catch(() => {});
  }
}
