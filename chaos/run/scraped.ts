/** Waits for Prometheus: at the start until it scrapes everything, at the end until it knows all that was recorded. */
import { setTimeout as delay } from 'node:timers/promises';
import { sequenceNow, targetsUp } from '../../metrics/promql-harness.ts';
import { nowMs } from '../observe/clock.ts';
import { PrometheusClient } from '../verdict/prometheus.ts';

const pollMs = 200;
/** Prometheus scrapes every second; what it has not seen by then, it will not see. */
const withinMs = 10_000;

/** Resolves with whether all targets, the recorder and each node, were up at its latest scrape: only then can a window begin. */
export async function untilAllUp(prometheusUrl: string, targets: number, signal: AbortSignal): Promise<boolean> {
  const client = new PrometheusClient(prometheusUrl, { deadlineMs: 2000 });
  const deadlineMs = nowMs() + withinMs;
  for (;;) {
    const answer = await client.query(targetsUp, nowMs());
    if (answer.status === 'success' && firstValue(answer.result) === targets) return true;
    if (nowMs() >= deadlineMs) return false;
    await delay(pollMs, undefined, { signal });
  }
}

/** The recorder's last number and the one that Prometheus has got to (-1: none); equal, or it was waited for in vain. */
export async function untilScraped(
  prometheusUrl: string,
  recorder: { readonly sequence: number },
  signal: AbortSignal,
): Promise<{ recorder: number; prometheus: number }> {
  const client = new PrometheusClient(prometheusUrl, { deadlineMs: 2000 });
  const deadlineMs = nowMs() + withinMs;
  let seen = -1;
  for (;;) {
    const answer = await client.query(sequenceNow, nowMs());
    if (answer.status === 'success') seen = firstValue(answer.result) ?? seen;
    if (seen === recorder.sequence || nowMs() >= deadlineMs) return { recorder: recorder.sequence, prometheus: seen };
    await delay(pollMs, undefined, { signal });
  }
}

function firstValue(result: unknown): number | undefined {
  const [first] = Array.isArray(result) ? (result as { value?: [number, string] }[]) : [];
  return first?.value === undefined ? undefined : Number(first.value[1]);
}
