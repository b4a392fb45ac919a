/** Proofs about links: what a canary through a link's proxy meets, against what it met before the fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Platform } from '../platform/platform.ts';
import { type Canary, type CanaryOutcome, sendCanary } from './canary.ts';
import { all, type Proof, type Topology } from './fault.ts';

type Effect = 'refused' | 'reset' | 'silent';

/** Port forwarding between this machine and the proxy (a virtual machine, Docker's userland proxy) turns a refusal and an RST into each other or into a plain close. */
const accepted: Readonly<Record<Effect, readonly CanaryOutcome[]>> = {
  refused: ['refused', 'reset', 'closed'],
  reset: ['reset', 'closed'],
  silent: ['silent'],
};

const answerTimeoutMs = 1_000;
/** A black hole must be silent for this long, and for much longer than the link took to answer before. */
const silenceMs = 300;
const silenceFactor = 10;
const samples = 3;

export class LinkCanary {
  readonly #platform: Platform;
  readonly #topology: Topology;
  /** Quickest answer before the fault, ms; a link that gave none is absent, and nothing can be proved on it. */
  readonly #before = new Map<string, number>();

  constructor(platform: Platform, topology: Topology) {
    this.#platform = platform;
    this.#topology = topology;
  }

  /** Takes how links answer now. */
  async remember(links: readonly string[]): Promise<void> {
    await Promise.all(
      links.map(async (link) => {
        const times: number[] = [];
        for (let i = 0; i < samples; i++) {
          const canary = await this.#send(link, answerTimeoutMs);
          if (canary.outcome === 'answered') times.push(canary.elapsedMs);
          else await sleep(100);
        }
        if (times.length > 0) this.#before.set(link, Math.min(...times));
      }),
    );
  }

  /** Every link answered before and now meets `effect`. */
  async prove(links: readonly string[], effect: Effect): Promise<Proof> {
    return all(await Promise.all(links.map((link) => this.#proveOne(link, effect))));
  }

  /** At least one of the links answers now, whatever was before. */
  async proveAnswer(links: readonly string[]): Promise<Proof> {
    const canaries = await Promise.all(
      links.map(async (link) => ({ link, ...(await this.#send(link, answerTimeoutMs)) })),
    );
    const proved = canaries.some(({ outcome }) => outcome === 'answered');
    return { proved, evidence: canaries.map(({ link, ...canary }) => `${link} ${say(canary)}`).join('; ') };
  }

  /** Every link answered before, and takes at least `addedMs` longer now; an answer is waited for `mostMs` and some seconds. */
  async proveSlower(links: readonly string[], addedMs: number, mostMs: number): Promise<Proof> {
    return all(
      await Promise.all(
        links.map(async (link) => {
          const before = this.#before.get(link);
          if (before === undefined) return noBaseline(link);
          const canary = await this.#send(link, mostMs + 3_000);
          // The delayed answer may lack the chance slowness that the quickest one before still had: a tenth is allowed for that.
          const slower = canary.elapsedMs >= addedMs && canary.elapsedMs - before >= 0.9 * addedMs;
          const evidence = `${link} ${say(canary)} (before: ${before.toFixed(1)} ms; at least ${addedMs} ms were to be added)`;
          return { proved: canary.outcome === 'answered' && slower, evidence };
        }),
      ),
    );
  }

  async #proveOne(link: string, effect: Effect): Promise<Proof> {
    const before = this.#before.get(link);
    if (before === undefined) return noBaseline(link);
    const timeoutMs = effect === 'silent' ? Math.max(silenceMs, silenceFactor * before) : answerTimeoutMs;
    const canary = await this.#send(link, timeoutMs);
    return {
      proved: accepted[effect].includes(canary.outcome),
      evidence: `${link} ${say(canary)} (before: answered in ${before.toFixed(1)} ms)`,
    };
  }

  #send(link: string, timeoutMs: number): Promise<Canary> {
    const path = this.#topology.healthPaths[this.#topology.links[link]?.to ?? ''] ?? '/';
    return sendCanary(this.#platform.linkAddress(link), path, timeoutMs);
  }
}

function noBaseline(link: string): Proof {
  return { proved: false, evidence: `${link} gave no answer before the fault, so nothing can be told from it` };
}

const words: Readonly<Record<CanaryOutcome, string>> = {
  answered: 'answered in',
  refused: 'refused the connection (ECONNREFUSED) after',
  reset: 'reset the connection (ECONNRESET) after',
  closed: 'closed the connection without a byte after',
  silent: 'connected, took the request, and was silent and open for',
  unconnected: 'did not accept a connection for',
};

function say({ outcome, elapsedMs }: Canary): string {
  return `${words[outcome]} ${elapsedMs.toFixed(1)} ms`;
}
