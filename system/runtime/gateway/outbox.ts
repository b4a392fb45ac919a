/** Delivers the outbox's reports to the gateway: in order, one at a time, best effort. No run ever waits for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable } from '../../layer/gateway-link.ts';
import type { RunReport } from '../../layer/wire.ts';
import type { OutboxStore } from '../ledger/outbox-store.ts';
import type { DeliveryResult, Totals } from '../ledger/totals.ts';

type Link = Pick<GatewayLink, 'request' | 'whenDialable'>;

const batchSize = 50;
/** Room for a gateway that answers seconds late: lateness is no outage. */
const timeoutMs = 5000;
const retryMs = 500;
const momentary = new Set([401, 403, 404, 408, 425, 429]);

export async function deliverReports(
  store: OutboxStore,
  totals: Totals,
  link: Link,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const added = store.added();
    const batch = store.after(0, batchSize);
    if (batch.length === 0) await untilAborted(added, signal);
    else if (!(await deliverBatch(batch, store, totals, link, signal))) await sleep(retryMs, undefined, { signal });
  }
}

/** False if the gateway answers, but cannot take reports now. */
async function deliverBatch(
  batch: readonly RunReport[],
  store: OutboxStore,
  totals: Totals,
  link: Link,
  signal: AbortSignal,
): Promise<boolean> {
  const settled: { sequence: number; result: DeliveryResult }[] = [];
  try {
    for (const report of batch) {
      const result = await deliver(report, link, signal);
      if (result === 'failed') {
        totals.deliveries('failed', 1);
        return false;
      }
      settled.push({ sequence: report.sequence, result });
    }
  } catch (error) {
    if (!(error instanceof GatewayUnreachable)) throw error;
    if (error.dialled) totals.deliveries('failed', 1);
  } finally {
    store.settle(settled);
  }
  return true;
}

async function deliver(
  report: RunReport,
  link: Link,
  signal: AbortSignal,
): Promise<'delivered' | 'rejected' | 'failed'> {
  await link.whenDialable(signal);
  const { status } = await link.request('POST', '/v1/reports', { body: report, timeoutMs, signal });
  if (status >= 200 && status < 300) return 'delivered';
  // A report that the gateway calls wrong will not get better; all other refusals are about the moment, or the token.
  return status >= 400 && status < 500 && !momentary.has(status) ? 'rejected' : 'failed';
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
