/**
 * Watches Toxiproxy all the way. Every link and every observer's path leads through it, so while it is silent, or has lost a proxy,
 * what the probes see says nothing of the system.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';
import { LagMonitor } from '../observe/lag-monitor.ts';
import { ToxiproxyClient } from '../toxiproxy/client.ts';

const pollMs = 500;
/** As long as a probe waits: a proxy that is slower than this makes a system look bad that is not. */
const deadlineMs = 1_000;

export class ProxyWatch implements AsyncDisposable {
  readonly #client: ToxiproxyClient;
  readonly #proxies: readonly string[];
  readonly #lag = new LagMonitor();
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  readonly #problems = new Set<string>();

  /** `proxies`: the names that must be there. */
  constructor(url: string, proxies: readonly string[]) {
    this.#client = new ToxiproxyClient(url, deadlineMs);
    this.#proxies = proxies;
    this.#done = this.#watch();
  }

  /** What was wrong with it at any time until now; each once. */
  get problems(): readonly string[] {
    return [...this.#problems];
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const startMs = nowMs();
      const problem = await this.#look();
      // While this process itself stood still, it was not Toxiproxy that was late.
      const ownFault = this.#lag.lagged({ fromMs: startMs, toMs: nowMs() });
      if (problem !== undefined && !ownFault && !this.#stop.signal.aborted) this.#problems.add(problem);
      await delay(pollMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<string | undefined> {
    try {
      const names = await this.#client.proxyNames();
      const gone = this.#proxies.filter((name) => !names.includes(name));
      return gone.length === 0 ? undefined : `the proxies ${gone.join(', ')} are gone`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
    this.#lag[Symbol.dispose]();
  }
}
