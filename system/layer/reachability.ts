/** What a layer knows of the gateway: reachable or not, and who may dial while it is not (one at a time, backed off). */
import { EventEmitter } from 'node:events';
import type { Registry } from 'prom-client';
import { LayerError } from './errors.ts';
import { LinkBackoff } from './link-backoff.ts';
import { type LinkCounts, LinkMetrics } from './link-metrics.ts';
import type { Logger } from './logger.ts';

/** The gateway did not answer, or was not asked: while it is unreachable only one caller dials and the others fail at once. */
export class GatewayUnreachable extends LayerError {
  /** False if no connection was tried. */
  readonly dialled: boolean;

  constructor(message: string, dialled: boolean, options?: ErrorOptions) {
    super('OPENCLAW_GATEWAY_UNREACHABLE', message, options);
    this.dialled = dialled;
  }
}

export interface ReachabilityOptions {
  readonly layer: string;
  readonly registry: Registry;
  readonly log: Logger;
  /** Totals of earlier lives of this layer, so that the counters never go back. */
  readonly initialCounts?: LinkCounts;
  /** Told the totals whenever they change, to be kept for `initialCounts`. */
  readonly onCounts?: (counts: LinkCounts) => void;
}

type State = 'unknown' | 'reachable' | 'unreachable';

export class Reachability {
  readonly backoff = new LinkBackoff();
  readonly #options: ReachabilityOptions;
  readonly #events = new EventEmitter().setMaxListeners(1000);
  #state: State = 'unknown';
  #counts: LinkCounts;
  readonly #metrics: LinkMetrics;
  /** Rises at each transition: what was begun before one is no evidence after it. */
  #generation = 0;
  #probing = false;
  #dialledAt = 0;
  #dialAllowedAt = 0;

  constructor(options: ReachabilityOptions) {
    this.#options = options;
    this.#counts = options.initialCounts ?? { attempts: 0, issues: 0 };
    this.#metrics = new LinkMetrics(options.registry, options.layer);
    this.#metrics.publish(this.#counts, false);
  }

  get reachable(): boolean {
    return this.#state === 'reachable';
  }

  get counts(): LinkCounts {
    return this.#counts;
  }

  /** Calls `listener` at each transition; returns what ends that. */
  onChange(listener: (reachable: boolean) => void): () => void {
    this.#events.on('change', listener);
    return () => void this.#events.off('change', listener);
  }

  /** Resolves when a call has a chance: the gateway is reachable, or it is time to dial and nobody does. Rejects with the signal's reason. */
  async whenDialable(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    while (!this.#dialable()) {
      await this.#gateChange(signal);
      signal?.throwIfAborted();
    }
  }

  /**
   * Runs `exchange` if the gate lets it, and takes its outcome as evidence; a rejection by `signal` says nothing.
   * `ungated`: it is run in any case, and still counted.
   */
  async through<T>(exchange: () => Promise<T>, signal?: AbortSignal, ungated = false): Promise<T> {
    signal?.throwIfAborted();
    const probing = ungated && !this.#dialable() ? this.#passBy() : this.#enter();
    const lost = this.evidence();
    try {
      const result = await exchange();
      this.succeeded();
      return result;
    } catch (error) {
      if (signal?.aborted) {
        if (probing) this.#release();
        throw signal.reason;
      }
      lost(error);
      if (probing) this.#probeFailed();
      throw new GatewayUnreachable(`the gateway did not answer: ${reasonOf(error)}`, true, { cause: error });
    }
  }

  /** The gateway answered. */
  succeeded(): void {
    if (this.reachable) return;
    this.backoff.reset();
    this.#turn('reachable');
    this.#release();
  }

  /** The gateway did not answer, or a connection to it broke. While it is known to be unreachable this is no news. */
  failed(error: unknown): void {
    if (this.#state === 'unreachable') return;
    if (this.reachable) this.#count({ ...this.#counts, issues: this.#counts.issues + 1 });
    this.#dialAllowedAt = performance.now() + this.backoff.next();
    this.#turn('unreachable', error);
  }

  /** `failed`, but without effect once the gateway has been lost or found again since now. */
  evidence(): (error: unknown) => void {
    const generation = this.#generation;
    return (error) => {
      if (generation === this.#generation) this.failed(error);
    };
  }

  #probeFailed(): void {
    // Counted from the start of the dial, so that dials that hang are not spaced wider than those that are refused.
    this.#dialAllowedAt = this.#dialledAt + this.backoff.next();
    this.#release();
  }

  #dialable(): boolean {
    return this.reachable || (!this.#probing && performance.now() >= this.#dialAllowedAt);
  }

  /** True if the caller is the one that probes. */
  #enter(): boolean {
    if (this.reachable) return false;
    if (!this.#dialable())
      throw new GatewayUnreachable('the gateway is unreachable, and it is not yet time to dial it again', false);
    this.#probing = true;
    this.#dialledAt = performance.now();
    this.#countAttempt();
    return true;
  }

  #passBy(): false {
    this.#countAttempt();
    return false;
  }

  #release(): void {
    this.#probing = false;
    this.#events.emit('gate');
  }

  #gateChange(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const waitMs = Math.max(1, this.#dialAllowedAt - performance.now());
      const timer = this.#probing ? undefined : setTimeout(done, waitMs);
      const events = this.#events.once('gate', done);
      signal?.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        events.off('gate', done);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    });
  }

  #countAttempt(): void {
    this.#count({ ...this.#counts, attempts: this.#counts.attempts + 1 });
  }

  #count(counts: LinkCounts): void {
    this.#counts = counts;
    this.#metrics.publish(this.#counts, this.reachable);
    this.#options.onCounts?.(counts);
  }

  #turn(state: 'reachable' | 'unreachable', error?: unknown): void {
    // The first answer after a start regains nothing that this life lost.
    if (state === 'unreachable') this.#metrics.lost();
    else if (this.#state === 'unreachable') this.#metrics.regained();
    this.#state = state;
    this.#generation += 1;
    this.#metrics.publish(this.#counts, this.reachable);
    this.#options.log.info({ reason: error === undefined ? undefined : reasonOf(error) }, `gateway ${state}`);
    this.#events.emit('change', this.reachable);
  }
}

/** fetch hides the system's error (`ECONNREFUSED`) in `cause`. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}
