/** Plays a recording into the embedded engine, scrape by scrape, and evaluates the rules as it goes: what a Prometheus would hold that had been there. */
import type { Engine, RuleGroup } from '../../metrics/prometheus/engine/engine.ts';
import { startEngine } from '../../metrics/prometheus/engine/start-engine.ts';
import { ruleFiles } from '../../metrics/rules/rule-files.ts';
import type { RecordedTarget } from './recording.ts';

export interface Replay extends AsyncDisposable {
  readonly engine: Engine;
  /** Unix ms. */
  readonly startMs: number;
  readonly endMs: number;
}

const limits = {
  maxSeries: 100_000,
  maxSamples: 10_000_000,
  maxQuerySamples: 10_000_000,
  lookbackDeltaMs: 300_000,
  queryTimeoutMs: 60_000,
  subqueryStepMs: 1_000,
};
const evaluationIntervalMs = 1_000;
const bytes = new TextEncoder();

export async function replay(targets: readonly RecordedTarget[]): Promise<Replay> {
  const engine = await startEngine({ limits });
  const groups = await engine.loadRules(
    ruleFiles().map(({ name, text }) => ({ path: name, content: text })),
    { evaluationIntervalMs },
  );
  const scrapes = targets
    .flatMap((target) => target.timesMs.map((timeMs, index) => ({ target, timeMs, index })))
    .sort((a, b) => a.timeMs - b.timeMs);
  const [first, last] = [scrapes[0]?.timeMs ?? 0, scrapes.at(-1)?.timeMs ?? 0];
  const evaluations = new Evaluations(engine, groups, first);
  for (const { target, timeMs, index } of scrapes) {
    await evaluations.until(timeMs);
    await ingest(engine, target, timeMs, index);
  }
  await evaluations.until(last);
  return { engine, startMs: first, endMs: last, [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose]() };
}

class Evaluations {
  readonly #engine: Engine;
  readonly #next: { readonly group: RuleGroup; atMs: number }[];

  constructor(engine: Engine, groups: readonly RuleGroup[], fromMs: number) {
    this.#engine = engine;
    this.#next = groups.map((group) => ({ group, atMs: fromMs }));
  }

  async until(timeMs: number): Promise<void> {
    for (const due of this.#next) {
      for (; due.atMs <= timeMs; due.atMs += due.group.intervalMs) await this.#engine.evaluate(due.group, due.atMs);
    }
  }
}

async function ingest(
  engine: Engine,
  { target, series }: RecordedTarget,
  timeMs: number,
  index: number,
): Promise<void> {
  const isUp = series.some(({ labels, values }) => labels.__name__ === 'up' && values[index] === '1');
  const exposition = series.flatMap(({ labels, values }) => {
    const value = values[index];
    return value == null || ofScrape.test(labels.__name__ ?? '') ? [] : [`${sample(labels)} ${value}\n`];
  });
  await engine.ingest({
    target: JSON.stringify(target),
    labels: target,
    // The labels are what a scrape made of them.
    honorLabels: true,
    honorTimestamps: false,
    timeMs,
    durationMs: 10,
    limits: { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0 },
    ...(isUp && { exposition: { body: bytes.encode(exposition.join('')), contentType: 'text/plain; version=0.0.4' } }),
  });
}

/** What the engine writes by itself. */
const ofScrape = /^(up|scrape_.*)$/;

function sample({ __name__: name, ...labels }: Readonly<Record<string, string>>): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
}
