/** A thread of its own that asks for a layer's health until it is told to stop: what keeps the bench busy does not delay it. */
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { httpText } from '../../drivers/http-json.ts';

const everyMs = 20;
const timeoutMs = 10_000;

const { address } = workerData as { readonly address: string };
const latencies: number[] = [];
let over = false;
let warm = false;
parentPort?.once('message', () => {
  over = true;
});
while (!over) {
  const askedMs = performance.now();
  const answer = await httpText({ address, path: '/health', timeoutMs }).catch(() => undefined);
  latencies.push(answer?.status === 200 ? performance.now() - askedMs : timeoutMs);
  // The first ones are this thread's own beginning.
  if (!warm && latencies.length === 5) {
    warm = true;
    latencies.length = 0;
    parentPort?.postMessage('ready');
  }
  await delay(everyMs);
}
parentPort?.postMessage(latencies);
