/** The server's own metrics, `/metrics`: a few of those that Prometheus has, under its names. */
import type { Engine } from '../engine/engine.ts';

export interface OwnMetricsOptions {
  readonly engine: Engine;
  /** How many are scraped now. */
  readonly targets: () => number;
}

/** The exposition, as of each call. */
export function ownMetrics(options: OwnMetricsOptions): () => Promise<string> {
  let made: Promise<() => Promise<string>> | undefined;
  return async () => {
    made ??= makeRegistry(options);
    return (await made)();
  };
}

async function makeRegistry({ engine, targets }: OwnMetricsOptions): Promise<() => Promise<string>> {
  // Not before somebody asks: it takes a twentieth of the second in which the server is to be ready.
  const { Gauge, Registry } = await import('prom-client');
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  new Gauge({
    name: 'prometheus_build_info',
    help: 'A metric with a constant 1 value labeled by the version of the Prometheus that is compiled in.',
    labelNames: ['version', 'goversion'] as const,
    registers,
  }).set({ version: engine.version, goversion: `node${process.versions.node}` }, 1);
  gauge('prometheus_ready', 'Whether Prometheus startup was fully completed.').set(1);
  const scraped = gauge('prometheus_target_scrape_pool_targets', 'Targets that are scraped.');
  const series = gauge('prometheus_tsdb_head_series', 'Series in the store.');
  const samples = gauge('prometheus_engine_store_samples', 'Samples in the store.');
  const memory = gauge('prometheus_engine_memory_bytes', 'Memory of the WebAssembly engine; it never shrinks.');
  const resident = gauge('process_resident_memory_bytes', 'Resident memory size in bytes.');
  return async () => {
    const size = await engine.size();
    series.set(size.series);
    samples.set(size.samples);
    memory.set(size.memoryBytes);
    scraped.set(targets());
    resident.set(process.memoryUsage.rss());
    return registry.metrics();
  };
}
