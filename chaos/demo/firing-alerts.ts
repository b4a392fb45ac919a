/** Which alerts fire, by Prometheus's own word, asked for every now and then. */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

const everyMs = 1_000;
const answerWithinMs = 1_000;

const answer = z.object({
  data: z.object({
    alerts: z.array(z.object({ state: z.string(), labels: z.record(z.string(), z.string()) })),
  }),
});

/** Named `OpenclawLayerDown{layer="gateway"}`; severity and what Prometheus adds of itself are left out. */
export function alertNames(body: unknown): readonly string[] {
  const { alerts } = answer.parse(body).data;
  const names = alerts
    .filter(({ state }) => state === 'firing')
    .map(({ labels: { alertname = '', severity: _severity, ...own } }) => {
      const labels = ['layer', 'skill'].flatMap((label) =>
        own[label] === undefined ? [] : [`${label}="${own[label]}"`],
      );
      return labels.length === 0 ? alertname : `${alertname}{${labels.join(',')}}`;
    });
  return [...new Set(names)].sort();
}

/** Tells each time what fires, undefined if Prometheus does not say; until the signal. Never throws. */
export async function watchAlerts(
  prometheusUrl: string,
  tell: (firing: readonly string[] | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    tell(await firingAlerts(prometheusUrl));
    await delay(everyMs, undefined, { signal }).catch(() => {});
  }
}

async function firingAlerts(prometheusUrl: string): Promise<readonly string[] | undefined> {
  try {
    const response = await fetch(`${prometheusUrl}/api/v1/alerts`, { signal: AbortSignal.timeout(answerWithinMs) });
    return alertNames(await response.json());
  } catch {
    return undefined;
  }
}
