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
  readonly #reachable;
  readonly #attempts;
  readonly #issues;
  #published: LinkCounts = { attempts: 0, issues: 0 };

  constructor(registry: Registry, layer: string) {
    this.#reachable = instrument(registry, 'openclaw_gateway_reachable').labels({ layer });
    this.#attempts = instrument(registry, 'openclaw_gateway_connection_attempts_total').labels({ layer });
    this.#issues = instrument(registry, 'openclaw_gateway_connection_issues_total').labels({ layer });
  }

  publish(counts: LinkCounts, reachable: boolean): void {
    this.#reachable.set(reachable ? 1 : 0);
    // prom-client's counters cannot be set: what they lack of the totals is added.
    this.#attempts.inc(counts.attempts - this.#published.attempts);
    this.#issues.inc(counts.issues - this.#published.issues);
    this.#published = counts;
  }
}
