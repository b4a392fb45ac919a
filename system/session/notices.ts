/** What clients are told of the layer's state: whether their messages reach the gateway now, and how many do not yet. */
import type { Health } from './health.ts';
import type { Hub, Notice } from './hub.ts';
import type { Outbox } from './store/outbox.ts';

type Status = Extract<Notice, { type: 'status' }>;

export class Notices {
  readonly #health: Health;
  readonly #hub: Hub;
  readonly #outbox: Outbox;

  constructor(health: Health, hub: Hub, outbox: Outbox) {
    this.#health = health;
    this.#hub = hub;
    this.#outbox = outbox;
  }

  for(session: string): Status {
    return this.#status(this.#outbox.sizeOf(session));
  }

  /** Tells everybody. */
  changed(): void {
    const undelivered = this.#outbox.sizes();
    this.#hub.tellAll((session) => this.#status(undelivered.get(session) ?? 0));
  }

  #status(undelivered: number): Status {
    const reasons = this.#health.reasons();
    const why = reasons.length === 0 ? {} : { reason: reasons.join('; ') };
    return { type: 'status', degraded: reasons.length > 0, ...why, undelivered };
  }
}
