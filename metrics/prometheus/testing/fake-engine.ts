/** An engine that computes nothing: it writes down what it is told, and answers what a test wants. */
import type { Answer, Engine, Ingested, RuleGroup, Scrape } from '../engine/engine.ts';

export interface FakeEngine extends Engine {
  readonly scrapes: Scrape[];
  readonly ended: { readonly target: string; readonly timeMs: number }[];
  readonly evaluations: { readonly group: string; readonly timeMs: number }[];
  readonly forgotten: number[];
}

const nothing: Answer = { ok: true, data: '[]', warnings: [], infos: [] };

export function fakeEngine(answers: Partial<Engine> = {}): FakeEngine {
  const scrapes: Scrape[] = [];
  const ended: { target: string; timeMs: number }[] = [];
  const evaluations: { group: string; timeMs: number }[] = [];
  const forgotten: number[] = [];
  return {
    version: '0.0.0',
    died: new Promise(() => {}),
    scrapes,
    ended,
    evaluations,
    forgotten,
    ingest: async (scrape): Promise<Ingested> => {
      scrapes.push(scrape);
      return { samplesScraped: 0, seriesAdded: 0 };
    },
    endTarget: async (target, timeMs) => {
      ended.push({ target, timeMs });
    },
    query: async () => nothing,
    queryRange: async () => nothing,
    series: async () => nothing,
    labelNames: async () => nothing,
    labelValues: async () => nothing,
    loadRules: async (): Promise<readonly RuleGroup[]> => [],
    evaluate: async ({ name }, timeMs) => {
      evaluations.push({ group: name, timeMs });
    },
    rules: async () => '{"groups":[]}',
    alerts: async () => '{"alerts":[]}',
    forgetBefore: async (timeMs) => {
      forgotten.push(timeMs);
    },
    size: async () => ({ series: 0, samples: 0, memoryBytes: 0 }),
    [Symbol.asyncDispose]: async () => {},
    ...answers,
  };
}
