/** Delivers the outbox's reports to the gateway: those of a run in order, one at a time, best effort. No run ever waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { RunReport } from '../../layer/wire.ts';
import type { OutboxStore } from '../ledger/outbox-store.ts';
import type { DeliveryResult, Totals } from '../ledger/totals.ts';

type Link = Pick<GatewayLink, 'request' | 'whenDialable'>;
type Store = Pick<OutboxStore, 'added' | 'after' | 'settle'>;

const batchSize = 50;
/** Room for a gateway that answers seconds late: lateness is no outage. */
const timeoutMs = 5000;
const retryMs = 500;
const momentary = new Set([401, 403, 404, 408, 425, 429]);
/** In a row: the gateway takes no reports now. Fewer than that may be wrong with the reports. */
const maxFailuresInARow = 3;

/** Runs until the signal aborts, and then rejects with its reason. */
export async function deliverReports(
  store: Store,
  totals: Pick<Totals, 'deliveries'>,
  link: Link,
  signal: AbortSignal,
): Promise<void> {
  const courier = new Courier(store, totals, link, signal);
  while (!signal.aborted) {
    const added = store.added();
    const pass = await courier.pass();
    if (pass === 'empty') await untilAborted(added, signal);
    else if (pass === 'failed') await sleep(retryMs, undefined, { signal });
  }
}

class Courier {
  readonly #store: Store;
  readonly #totals: Pick<Totals, 'deliveries'>;
  readonly #link: Link;
  readonly #signal: AbortSignal;
  /** Where the next batch begins: past reports that failed while others were taken, until all have been tried. */
  #cursor = 0;
  /** Runs whose later reports must wait, because one of them failed since the cursor was last at the beginning. */
  readonly #heldUp = new Set<string>();

  constructor(store: Store, totals: Pick<Totals, 'deliveries'>, link: Link, signal: AbortSignal) {
    this.#store = store;
    this.#totals = totals;
    this.#link = link;
    this.#signal = signal;
  }

  /** One batch. `failed`: nothing more is to be had from the gateway for now. */
  async pass(): Promise<'empty' | 'delivered' | 'failed'> {
    const batch = this.#store.after(this.#cursor, batchSize);
    if (batch.length > 0) return (await this.#deliverBatch(batch)) ? 'delivered' : 'failed';
    const failed = this.#heldUp.size > 0;
    this.#cursor = 0;
    this.#heldUp.clear();
    return failed ? 'failed' : 'empty';
  }

  /** False if the gateway cannot take reports now. */
  async #deliverBatch(batch: readonly RunReport[]): Promise<boolean> {
    const settled: { sequence: number; result: DeliveryResult }[] = [];
    let failures = 0;
    try {
      for (const report of batch) {
        this.#cursor = report.sequence;
        if (this.#heldUp.has(report.id)) continue;
        const result = await this.#deliver(report);
        if (result !== 'failed') {
          failures = 0;
          settled.push({ sequence: report.sequence, result });
          continue;
        }
        this.#totals.deliveries('failed', 1);
        this.#heldUp.add(report.id);
        failures += 1;
        if (failures === maxFailuresInARow) return false;
      }
    } catch (error) {
      if (!(error instanceof GatewayUnreachable)) throw error;
      if (error.dialled) this.#totals.deliveries('failed', 1);
      // From the beginning: nothing was wrong with any of them.
      this.#cursor = 0;
      this.#heldUp.clear();
    } finally {
      this.#store.settle(settled);
    }
    return true;
  }

  async #deliver(report: RunReport): Promise<'delivered' | 'rejected' | 'failed'> {
    await this.#link.whenDialable(this.#signal);
    const { status } = await this.#link.request('POST', '/v1/reports', {
      body: report,
      timeoutMs,
      signal: this.#signal,
      route: '/v1/reports',
      parent: report.traceparent ?? null,
    });
    if (status >= 200 && status < 300) return 'delivered';
    // A report that the gateway calls wrong will not get better; all other refusals are about the moment, or the token.
    return status >= 400 && status < 500 && !momentary.has(status) ? 'rejected' : 'failed';
  }
}

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    void promise.then(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
  });
}
