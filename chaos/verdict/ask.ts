/** Asks Prometheus everything that a plan's checks ask, and keeps each answer as it came. */
import type { Check } from '../plan/check.ts';
import type { Answer, ObservedWindow } from './evidence.ts';
import type { PrometheusAnswer, PrometheusClient } from './prometheus.ts';

/** Enough to be quick, few enough to leave the probes their processor. */
const atOnce = 4;

/** `evaluatedAt` (Unix ms) must not lie before the end of the window: totals are read once everything has been counted. */
export async function askAll(
  client: Pick<PrometheusClient, 'query' | 'queryRange'>,
  checks: readonly Check[],
  window: ObservedWindow,
  evaluatedAt: number,
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (let first = 0; first < checks.length; first += atOnce) {
    const some = checks.slice(first, first + atOnce);
    answers.push(...(await Promise.all(some.map((check) => ask(client, check, window, evaluatedAt)))));
  }
  return answers;
}

async function ask(
  client: Pick<PrometheusClient, 'query' | 'queryRange'>,
  { id: checkId, query, demand }: Check,
  window: ObservedWindow,
  evaluatedAt: number,
): Promise<Answer> {
  if (demand.how !== 'throughout') {
    return { checkId, query, evaluatedAt, ...plain(await client.query(query, evaluatedAt)) };
  }
  const { from, to } = wholeSeconds(window);
  return { checkId, query, evaluatedAt: to, from, ...plain(await client.queryRange(query, from, to, 1)) };
}

function plain(answer: PrometheusAnswer): Pick<Answer, 'status' | 'resultType' | 'result' | 'error'> {
  return answer;
}

/** The whole seconds within the window: the same steps whenever it is judged again. */
export function wholeSeconds({ from, to }: ObservedWindow): ObservedWindow {
  return { from: Math.ceil(from / 1000) * 1000, to: Math.floor(to / 1000) * 1000 };
}
