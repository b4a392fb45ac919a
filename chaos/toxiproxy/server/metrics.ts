/** What `/metrics` shows: bytes through proxies, counted when a connection ends, and this process; each only if asked for. */
import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { TcpProxy, Traffic } from './proxy.ts';

export interface MetricsOptions {
  readonly proxyMetrics: boolean;
  readonly runtimeMetrics: boolean;
}

const labelNames = ['direction', 'listener', 'proxy', 'upstream'] as const;
type Label = (typeof labelNames)[number];

/** The original keeps a series for ever, and every proxy on a new port has its own. */
const maxLabelSets = 5000;

export class Metrics {
  /** Whether there is a `/metrics` at all. */
  readonly enabled: boolean;
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores';
  readonly #registry = new Registry();
  readonly #countsBytes: boolean;
  #bytes: Readonly<Record<'received' | 'sent', Counter<Label>>> | undefined;
  readonly #labelSets = new Set<string>();

  constructor({ proxyMetrics, runtimeMetrics }: MetricsOptions) {
    this.enabled = proxyMetrics || runtimeMetrics;
    this.#countsBytes = proxyMetrics;
    if (runtimeMetrics) collectDefaultMetrics({ register: this.#registry });
  }

  count(proxy: TcpProxy, { direction, received, sent }: Traffic): void {
    if (!this.#countsBytes) return;
    const labels = { direction, listener: proxy.listen, proxy: proxy.name, upstream: proxy.upstream };
    const key = JSON.stringify(labels);
    if (!this.#labelSets.has(key) && this.#labelSets.size >= maxLabelSets) return;
    this.#labelSets.add(key);
    // Not before there is something to show: so it is in the original.
    this.#bytes ??= { received: this.#counter('received'), sent: this.#counter('sent') };
    this.#bytes.received.inc(labels, received);
    this.#bytes.sent.inc(labels, sent);
  }

  async text(): Promise<string> {
    const text = await this.#registry.metrics();
    return text.trim() === '' ? '' : text;
  }

  #counter(what: string): Counter<Label> {
    return new Counter({
      name: `toxiproxy_proxy_${what}_bytes_total`,
      help: `Bytes ${what} by links that have ended.`,
      labelNames,
      registers: [this.#registry],
    });
  }
}
