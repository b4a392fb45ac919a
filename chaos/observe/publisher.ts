/** Writes what was observed into the recorder's metrics. Totals are computed anew each time; a counter is raised to its total and never falls. */
import type { Counter, Gauge, Registry } from 'prom-client';
import type { catalog, LabelOf, MetricName } from '../../metrics/catalog.ts';
import { instrument } from '../../metrics/instrument.ts';

type OfType<T extends string> = { [N in MetricName]: (typeof catalog)[N]['type'] extends T ? N : never }[MetricName];
export type CounterName = OfType<'counter'>;
export type GaugeName = OfType<'gauge'>;
type Labels<N extends MetricName> = Readonly<Record<LabelOf<N>, string>>;

export class Publisher {
  readonly #registry: Registry;
  readonly #totals = new Map<string, number>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Raises a counter to this total; with 0 it makes the series exist. */
  raise<N extends CounterName>(name: N, labels: Labels<N>, total: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    const known = this.#totals.get(key);
    if (known !== undefined && total <= known) return;
    (instrument(this.#registry, name) as unknown as Counter).inc({ ...labels }, total - (known ?? 0));
    this.#totals.set(key, total);
  }

  add<N extends CounterName>(name: N, labels: Labels<N>, amount: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    this.raise(name, labels, (this.#totals.get(key) ?? 0) + amount);
  }

  set<N extends GaugeName>(name: N, labels: Labels<N>, value: number): void {
    (instrument(this.#registry, name) as unknown as Gauge).set({ ...labels }, value);
  }

  /** A point in time, given in Unix ms. */
  timestamp<N extends Extract<GaugeName, `${string}_timestamp_seconds`>>(
    name: N,
    labels: Labels<N>,
    atMs: number | undefined,
  ): void {
    if (atMs !== undefined) this.set(name, labels, atMs / 1000);
  }
}
