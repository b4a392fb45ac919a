/** What a layer's event loop's delay looks like from outside while something goes on: how long its health takes to answer. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Milliseconds that each answer took, while `during` went on; one that did not come counts as ten seconds. */
export async function healthLatencies(address: string, during: () => Promise<void>): Promise<number[]> {
  const probe = new Worker(new URL('./latency-probe.ts', import.meta.url), { workerData: { address } });
  await once(probe, 'message');
  try {
    await during();
  } finally {
    probe.postMessage('stop');
  }
  const [latencies] = await once(probe, 'message');
  return latencies as number[];
}
