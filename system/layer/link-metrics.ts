/** A layer's view of the gateway as metrics, and the totals behind them. */
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';

export interface LinkCounts {
  /** Dials made while the gateway was not known to be reachable, the first one included. */
  readonly attempts: number;
  /** Transitions from reachable to unreachable. */
  readonly issues: number;
}

export class LinkMetrics {
  readonly #layer: string;
  readonly #reachable;
  readonly #attempts;
  readonly #issues;
  readonly #lostAt;
  readonly #regainedAt;
  #published: LinkCounts = { attempts: 0, issues: 0 };

  constructor(registry: Registry, layer: string) {
    this.#layer = layer;
    this.#reachable = instrument(registry, 'openclaw_gateway_reachable');
    this.#attempts = instrument(registry, 'openclaw_gateway_connection_attempts_total');
    this.#issues = instrument(registry, 'openclaw_gateway_connection_issues_total');
    this.#lostAt = instrument(registry, 'openclaw_gateway_lost_timestamp_seconds');
    this.#regainedAt = instrument(registry, 'openclaw_gateway_regained_timestamp_seconds');
  }

  publish(counts: LinkCounts, reachable: boolean): void {
    const layer = { layer: this.#layer };
    this.#reachable.set(layer, reachable ? 1 : 0);
    // prom-client's counters cannot be set: what they lack of the totals is added.
    this.#attempts.inc(layer, counts.attempts - this.#published.attempts);
    this.#issues.inc(layer, counts.issues - this.#published.issues);
    this.#published = counts;
  }

  lost(): void {
    this.#lostAt.set({ layer: this.#layer }, Date.now() / 1000);
  }

  regained(): void {
    this.#regainedAt.set({ layer: this.#layer }, Date.now() / 1000);
  }
}
