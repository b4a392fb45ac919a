/**
 * The engine as the rest of this program sees it: Prometheus's own parser, store interfaces, PromQL and rules, behind a few calls.
 * Calls are carried out one after the other, in the order in which they were made, in a thread of their own.
 * Times are Unix milliseconds, as in Prometheus itself.
 *
 * Calls reject with `EngineError` when the engine refuses (a bad rule file), panics, or is dead: out of memory ends it, its samples
 * are lost, and all calls from then on reject with the same error.
 */
export interface Engine extends AsyncDisposable {
  /** Release of the Prometheus that is compiled in, such as `3.13.5`. */
  readonly version: string;
  /** Resolves with the reason if the engine dies, with all its samples; not if it is stopped. */
  readonly died: Promise<Error>;
  /** Parses one scrape's body, appends its samples, marks vanished series stale, and writes the scrape's own series (`up`, …). */
  ingest(scrape: Scrape): Promise<Ingested>;
  /** Marks everything of a target stale, its own series too: it is not scraped any more. */
  endTarget(target: string, timeMs: number): Promise<void>;
  query(request: InstantQuery): Promise<Answer>;
  queryRange(request: RangeQuery): Promise<Answer>;
  series(request: Selection): Promise<Answer>;
  labelNames(request: Selection): Promise<Answer>;
  labelValues(label: string, request: Selection): Promise<Answer>;
  /**
   * Replaces all rule groups by those of these files; the interval becomes the step of subqueries, too. What only removed groups
   * wrote goes stale two of their intervals later. Throws `EngineError` naming file and line.
   */
  loadRules(
    files: readonly RuleFile[],
    options: { readonly evaluationIntervalMs: number },
  ): Promise<readonly RuleGroup[]>;
  /** Evaluates one group as at a time: recording rules append, alerts move on. */
  evaluate(group: RuleGroup, timeMs: number): Promise<void>;
  /** JSON of `data` for `/api/v1/rules` and `/api/v1/alerts`, as Prometheus writes it. */
  rules(): Promise<string>;
  alerts(): Promise<string>;
  /** Forgets samples older than this, and series that have none left. */
  forgetBefore(timeMs: number): Promise<void>;
  size(): Promise<{ readonly series: number; readonly samples: number; readonly memoryBytes: number }>;
}

export interface EngineLimits {
  /** More live series than this: the scrape that adds them fails. */
  readonly maxSeries: number;
  /** More samples in the store than this: the oldest are forgotten first. */
  readonly maxSamples: number;
  /** Samples that one query may hold in memory, `--query.max-samples`. 20 million took 1.2 GB, which is not given back. */
  readonly maxQuerySamples: number;
  /** `--query.lookback-delta`. */
  readonly lookbackDeltaMs: number;
  /** `--query.timeout`: for rules too. A request's own timeout can only be shorter. */
  readonly queryTimeoutMs: number;
  /** Step of a subquery that names none: the configuration's `evaluation_interval`; until rules are loaded. */
  readonly subqueryStepMs: number;
}

export interface Scrape {
  /** Names the target across its scrapes: vanished series are found by it. */
  readonly target: string;
  /** The target's labels: `job`, `instance` and those of the configuration. */
  readonly labels: Readonly<Record<string, string>>;
  readonly honorLabels: boolean;
  readonly honorTimestamps: boolean;
  /** When the scrape began: the time of every sample without one of its own. */
  readonly timeMs: number;
  readonly durationMs: number;
  /** Absent if the scrape failed: `up` is 0 then, and all series go stale. */
  readonly exposition?: {
    readonly body: Uint8Array;
    /** Content-Type as the target sent it; absent or unknown: the scrape fails, unless `fallback` says otherwise. */
    readonly contentType: string | undefined;
    /** Prometheus's name of a protocol, such as `PrometheusText0.0.4`. */
    readonly fallbackProtocol?: string;
  };
  /** 0: none. As in `scrape_config`. */
  readonly limits: {
    readonly samples: number;
    readonly labels: number;
    readonly labelNameLength: number;
    readonly labelValueLength: number;
  };
}

export interface Ingested {
  /** Why the target counts as down although it answered, in Prometheus's words; absent if all went well. */
  readonly error?: string;
  readonly samplesScraped: number;
  readonly seriesAdded: number;
}

export interface InstantQuery {
  readonly query: string;
  readonly timeMs: number;
  readonly timeoutMs: number;
  readonly lookbackDeltaMs?: number;
  readonly limit?: number;
}

export interface RangeQuery {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly timeoutMs: number;
  readonly lookbackDeltaMs?: number;
  readonly limit?: number;
}

export interface Selection {
  /** Series selectors, `up{job="x"}`; a series that fits one of them is in. */
  readonly matchers: readonly string[];
  readonly startMs: number;
  readonly endMs: number;
  /** 0: all. */
  readonly limit: number;
}

/** `data` is JSON text, as Prometheus would write it: it is passed on, not read. */
export type Answer =
  | {
      readonly ok: true;
      readonly data: string;
      readonly warnings: readonly string[];
      readonly infos: readonly string[];
    }
  | { readonly ok: false; readonly errorType: ErrorType; readonly error: string };

/** Prometheus's own. */
export type ErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'internal' | 'unavailable' | 'not_found';

export interface RuleFile {
  readonly path: string;
  readonly content: string;
}

export interface RuleGroup {
  readonly file: string;
  readonly name: string;
  readonly intervalMs: number;
}
