/** Writes what was observed into the recorder's metrics. Totals are computed anew each time; a counter is raised to its total and never falls. */
import type { Registry } from 'prom-client';
import type { LabelsOf, MetricOfType } from '../../metrics/catalog.ts';
import { instrument } from '../../metrics/instrument.ts';

export type CounterName = MetricOfType<'counter'>;
export type GaugeName = MetricOfType<'gauge'>;

export class Publisher {
  readonly #registry: Registry;
  readonly #totals = new Map<string, number>();

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** Raises a counter to this total; with 0 it makes the series exist. */
  raise<N extends CounterName>(name: N, labels: LabelsOf<N>, total: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    const known = this.#totals.get(key);
    if (known !== undefined && total <= known) return;
    const counter = instrument(this.#registry, name) as unknown as { inc(labels: object, by: number): void };
    counter.inc(labels, total - (known ?? 0));
    this.#totals.set(key, total);
  }

  add<N extends CounterName>(name: N, labels: LabelsOf<N>, amount: number): void {
    const key = `${name} ${Object.values(labels).join(' ')}`;
    this.raise(name, labels, (this.#totals.get(key) ?? 0) + amount);
  }

  set<N extends GaugeName>(name: N, labels: LabelsOf<N>, value: number): void {
    const gauge = instrument(this.#registry, name) as unknown as { set(labels: object, value: number): void };
    gauge.set(labels, value);
  }

  /** A point in time, given in Unix ms. */
  timestamp<N extends Extract<GaugeName, `${string}_timestamp_seconds`>>(
    name: N,
    labels: LabelsOf<N>,
    atMs: number | undefined,
  ): void {
    if (atMs !== undefined) this.set(name, labels, atMs / 1000);
  }
}
