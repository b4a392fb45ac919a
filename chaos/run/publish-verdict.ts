/** Says in the recorder how the run came out, and lets Prometheus hear it: for dashboards, after everything was judged. */
import { setTimeout as delay } from 'node:timers/promises';
import { instrument } from '../../metrics/instrument.ts';
import { verdictOutcomes } from '../../metrics/vocabulary.ts';
import type { Recorder } from '../recorder.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Prometheus scrapes every second. */
const scrapedWithinMs = 2_000;
const pollMs = 50;

/** Resolves when it was scraped, or after 2 s. Never throws: it comes too late to change a verdict. */
export async function publishVerdict(
  outcome: Verdict['outcome'],
  recorder: Pick<Recorder, 'registry' | 'lastScrapeAt'>,
  signal: AbortSignal,
): Promise<void> {
  try {
    setOutcome(recorder.registry, outcome);
    const sinceMs = Date.now();
    while ((recorder.lastScrapeAt ?? 0) <= sinceMs && Date.now() - sinceMs < scrapedWithinMs) {
      await delay(pollMs, undefined, { signal });
    }
  } catch {
    // Ctrl-C, or a recorder that is gone: the verdict stands.
  }
}

/** Without an outcome: there is none yet. */
export function setOutcome(registry: Recorder['registry'], outcome?: Verdict['outcome']): void {
  const gauge = instrument(registry, 'chaos_run_verdict');
  for (const each of verdictOutcomes) gauge.set({ outcome: each }, each === outcome ? 1 : 0);
}
