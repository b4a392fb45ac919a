/** Brings the messages of clients to the gateway: in the order in which they were stored, at least once, however long it is away. */
import { setTimeout as delay } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable } from '../layer/gateway-link.ts';
import type { Logger } from '../layer/logger.ts';
import { inTrace } from '../layer/spans.ts';
import type { Health } from './health.ts';
import type { Instruments } from './instruments.ts';
import type { Waiting } from './store/outbox.ts';
import type { SessionStore } from './store/session-store.ts';

export interface DeliveryOptions {
  readonly link: GatewayLink;
  readonly store: SessionStore;
  readonly health: Health;
  readonly instruments: Instruments;
  readonly log: Logger;
  /** The gateway has this session's messages up to this offset. */
  readonly delivered: (session: string, offset: number) => void;
}

const batchMessages = 500;
/** Below the gateway's limit on a body, with room for the envelopes; one message alone may be larger. */
const batchBytes = 512 * 1024;
const answerWithinMs = 10_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

type Verdict = 'taken' | 'not-now' | 'refused';

export class Delivery {
  readonly #options: DeliveryOptions;
  #wake = Promise.withResolvers<void>();
  #pauseMs = firstPauseMs;

  constructor(options: DeliveryOptions) {
    this.#options = options;
    options.link.onChange((reachable) => {
      // Another gateway may have come back than the one that refused.
      if (reachable) this.#pauseMs = firstPauseMs;
      this.wake();
    });
  }

  /** There may be something to deliver. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Resolves when `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    signal.addEventListener('abort', () => this.wake(), { once: true });
    while (!signal.aborted) {
      try {
        this.#wake = Promise.withResolvers<void>();
        // Dialling an unreachable gateway is the event stream's task.
        const batch = this.#options.link.reachable ? this.#options.store.outbox.oldest(batchMessages, batchBytes) : [];
        if (batch.length === 0) await this.#wake.promise;
        else await this.#deliver(batch, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof GatewayUnreachable))
          this.#options.log.error({ err: error }, 'messages were not delivered');
        await delay(firstPauseMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  async #deliver(batch: readonly Waiting[], signal: AbortSignal): Promise<void> {
    const status = await this.#post(batch, signal);
    switch (verdictOn(status)) {
      case 'taken':
        this.#settle(batch, 'delivered');
        break;
      case 'not-now':
        this.#options.health.bad('delivery', `the gateway does not take messages (status ${status}): they are kept`);
        await this.#pause(signal);
        break;
      case 'refused':
        if (batch.length > 1) await this.#oneByOne(batch, signal);
        else this.#refused(batch, status);
    }
  }

  /** Some message of a batch is not wanted: the others are not to wait for it. */
  async #oneByOne(batch: readonly Waiting[], signal: AbortSignal): Promise<void> {
    for (const message of batch) {
      const status = await this.#post([message], signal);
      const verdict = verdictOn(status);
      if (verdict === 'not-now') return this.#pause(signal);
      if (verdict === 'taken') this.#settle([message], 'delivered');
      else this.#refused([message], status);
    }
  }

  async #post(batch: readonly Waiting[], signal: AbortSignal): Promise<number> {
    const messages = batch.map(({ session, epoch, offset, at, id, bodyJson, traceparent }) => {
      const body: unknown = JSON.parse(bodyJson);
      return { session, epoch, offset, at, id, body, ...(traceparent !== null && { traceparent }) };
    });
    const answer = await this.#options.link.request('POST', '/v1/messages', {
      body: { messages },
      timeoutMs: answerWithinMs,
      signal,
      route: '/v1/messages',
      // Of many traces at once: what is done with each message is a part of its own.
      parent: null,
      links: batch.flatMap(({ traceparent }) => traceparent ?? []),
    });
    return answer.status;
  }

  #refused(batch: readonly Waiting[], status: number): void {
    const { log } = this.#options;
    for (const { session, offset, id, traceparent } of batch) {
      const text = 'the gateway refused a message: it stays in its log and is not delivered';
      inTrace(traceparent, () => log.error({ session, offset, id, status }, text));
    }
    this.#settle(batch, 'refused');
  }

  #settle(batch: readonly Waiting[], result: 'delivered' | 'refused'): void {
    const { store, health, instruments, delivered } = this.#options;
    store.settle(batch);
    instruments.deliveries(result, batch.length);
    this.#pauseMs = firstPauseMs;
    health.good('delivery');
    if (result === 'refused') return;
    const newest = new Map(batch.map(({ session, offset }) => [session, offset]));
    for (const [session, offset] of newest) delivered(session, offset);
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const patience = delay(this.#pauseMs, undefined, { signal }).catch(() => {});
    this.#pauseMs = Math.min(longestPauseMs, 2 * this.#pauseMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#options.link.onChange(() => resolve());
    await Promise.race([patience, promise]);
    stop();
  }
}

/** 404: an older gateway, which has no such route. What is wrong with the token or the time says nothing about the messages. */
export function verdictOn(status: number): Verdict {
  if (status >= 200 && status < 300) return 'taken';
  if (status >= 500 || [401, 403, 404, 405, 408, 425, 429].includes(status)) return 'not-now';
  return 'refused';
}
