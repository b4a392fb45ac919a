/** For tests: an engine with a target to scrape, on a clock that the test turns. */
import { afterAll, beforeAll } from 'vitest';
import type { Answer, Engine, EngineLimits, Ingested, Scrape } from './engine.ts';
import { startEngine } from './start-engine.ts';

/** 2023-11-14T22:13:20Z: a whole multiple of every step in these tests. */
export const startMs = 1_700_000_000_000;

export const generous: EngineLimits = {
  maxSeries: 10_000,
  maxSamples: 1_000_000,
  maxQuerySamples: 1_000_000,
  lookbackDeltaMs: 300_000,
  queryTimeoutMs: 60_000,
  subqueryStepMs: 1000,
};

const bytes = new TextEncoder();

/** Scrapes are numbered by the second: `second: 3` is 3 s after `startMs`. */
export type Shot = Partial<Omit<Scrape, 'timeMs'>> & {
  readonly second: number;
  readonly contentType?: string | undefined;
};

export class Rig {
  readonly engine: Engine;

  constructor(engine: Engine) {
    this.engine = engine;
  }

  /** `text` undefined: the target did not answer. Targets are called `t` unless told otherwise. */
  scrape(text: string | Uint8Array | undefined, { second, contentType, ...more }: Shot): Promise<Ingested> {
    const body = typeof text === 'string' ? bytes.encode(text) : text;
    return this.engine.ingest({
      target: 't',
      labels: { job: 'j', instance: 'i' },
      honorLabels: false,
      honorTimestamps: true,
      timeMs: startMs + second * 1000,
      durationMs: 250,
      limits: { samples: 0, labels: 0, labelNameLength: 0, labelValueLength: 0 },
      ...(body && { exposition: { body, contentType: contentType ?? 'text/plain; version=0.0.4' } }),
      ...more,
    });
  }

  ask(query: string, second: number, more: { timeoutMs?: number; limit?: number } = {}): Promise<Answer> {
    return this.engine.query({ query, timeMs: startMs + second * 1000, timeoutMs: 60_000, ...more });
  }

  /** Series → value of a vector, `name{a="b"}` without job and instance. Throws if it is no vector. */
  async vector(query: string, second: number): Promise<Record<string, string>> {
    const answer = await this.ask(query, second);
    if (!answer.ok) throw new Error(`${query}: ${answer.error}`);
    const found: Record<string, string> = {};
    for (const { metric, value } of JSON.parse(answer.data).result) found[nameOf(metric)] = value[1];
    return found;
  }
}

function nameOf({ __name__: name = '', job: _job, instance: _instance, ...labels }: Record<string, string>): string {
  const list = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return list.length === 0 ? name : `${name}{${list.join(',')}}`;
}

/** One engine for all tests of a block. */
export function rigForAll(limits: Partial<EngineLimits> = {}): () => Rig {
  let rig: Rig | undefined;
  beforeAll(async () => {
    rig = new Rig(await startEngine({ limits: { ...generous, ...limits } }));
  }, 60_000);
  afterAll(() => rig?.engine[Symbol.asyncDispose]());
  return () => {
    if (rig === undefined) throw new Error('only within a test');
    return rig;
  };
}

/** All of time, for selections. */
export const always = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY, limit: 0 };
