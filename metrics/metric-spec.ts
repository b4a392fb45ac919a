/** What the catalogue says of a metric, and how its labels are bounded. */

/** Whose `/metrics` shows it. `harness`: the recorder's. */
export const exposers = ['session', 'gateway', 'runtime', 'harness'] as const;
export type Exposer = (typeof exposers)[number];

/** A label whose values come from outside, or of which a process has some only. Those beyond `atMost` become `other`. */
export interface OpenLabel {
  /** Different values in one registry. */
  readonly atMost: number;
  /** Who sees to it that there are fewer: a clause for people. */
  readonly boundedBy: string;
  /** All that there are in all processes together, where that is known. */
  readonly values?: readonly string[];
}

export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** A base unit (`seconds`), what is counted (`runs`), `boolean`, `info`, or `Unix seconds`. */
  readonly unit: string;
  readonly help: string;
  /** Label → all values that it can have, or an open label. */
  readonly labels: Readonly<Record<string, readonly string[] | OpenLabel>>;
  /** Counters of a skill: which values are shown as 0 for each skill before they first count; left out: all; false: none. */
  readonly introduced?: false | Readonly<Record<string, readonly string[]>>;
  /** Upper bounds in the metric's base unit; histograms only. */
  readonly buckets?: readonly number[];
  readonly layers: readonly Exposer[];
  /** What one looks at it for. */
  readonly why: string;
}

/** OpenTelemetry's HTTP semantic conventions' advice, seconds. */
export const httpBuckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
export const skillBuckets = [...httpBuckets, 30, 60, 120] as const;

/** Takes the place of a value that is not to be shown: beyond an open label's bound, or not in a closed list. */
export const other = 'other';
