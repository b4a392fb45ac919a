/**
 * The embedded Prometheus, started in this process, its engine in a thread of its own:
 *
 * 1. the configuration and the rule files are read: whatever is wrong with them ends the start here;
 * 2. the address is taken, while the engine starts;
 * 3. rules are loaded, targets scraped, the API opened: ready.
 */
import { type ListenAddress, Listener } from './api/listener.ts';
import type { Engine, EngineLimits } from './engine/engine.ts';
import { startEngine } from './engine/start-engine.ts';
import { readInputs } from './inputs.ts';
import { type Log, silent } from './log.ts';
import { Server } from './server.ts';

/** What of the engine's limits is not in the configuration. */
type StoreLimits = Pick<EngineLimits, 'maxSeries' | 'maxSamples' | 'maxQuerySamples' | 'lookbackDeltaMs'>;

export interface PrometheusOptions {
  readonly configFile: string;
  /** Default: a free port of 127.0.0.1. */
  readonly listen?: ListenAddress;
  readonly limits?: Partial<StoreLimits>;
  /** `--query.timeout`. Default 2 minutes. */
  readonly queryTimeoutMs?: number;
  /** `--query.max-concurrency`. One query is evaluated at a time; 50 times this number may wait. Default 20. */
  readonly maxConcurrency?: number;
  /** `--storage.tsdb.retention.time`. Default 6 hours. */
  readonly retentionMs?: number;
  /** `--web.enable-lifecycle`: `POST /-/reload` is answered. */
  readonly lifecycle?: boolean;
  readonly log?: Log;
}

export interface Prometheus extends AsyncDisposable {
  /** `http://HOST:PORT`. */
  readonly url: string;
  /** Resolves with the reason if the engine dies: nothing more can be asked or scraped. */
  readonly died: Promise<Error>;
  /** Reads configuration and rule files again; if anything is wrong with them, it throws and all stays as it was. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export const defaults = {
  queryTimeoutMs: 120_000,
  maxConcurrency: 20,
  retentionMs: 6 * 3_600_000,
  limits: { maxSeries: 200_000, maxSamples: 20_000_000, maxQuerySamples: 10_000_000, lookbackDeltaMs: 300_000 },
} as const;

/** @throws {PrometheusError | EngineError} What was started until then is stopped. */
export async function startPrometheus(options: PrometheusOptions): Promise<Prometheus> {
  const { configFile, log = silent, maxConcurrency = defaults.maxConcurrency } = options;
  await using undo = new AsyncDisposableStack();
  const inputs = await readInputs(configFile, log);
  const listener = undo.adopt(new Listener(log), (each) => each.close());
  const queryTimeoutMs = options.queryTimeoutMs ?? defaults.queryTimeoutMs;
  const { url, engine } = await listenAndStart(listener, options, undo, {
    ...defaults.limits,
    ...options.limits,
    queryTimeoutMs,
    subqueryStepMs: inputs.configuration.evaluationIntervalMs,
  });
  log('info', 'Start listening for connections', { component: 'web', address: url.slice('http://'.length) });
  const server = new Server({
    engine,
    log,
    queryTimeoutMs,
    maxWaitingQueries: maxConcurrency * 50,
    retentionMs: options.retentionMs ?? defaults.retentionMs,
  });
  // Answers under way first. Then loops and engine together: a loop that waits for the engine may wait for a query of minutes.
  undo.defer(async () => {
    await listener.close();
    await Promise.all([server.stop(), engine[Symbol.asyncDispose]()]);
  });
  await server.apply(inputs);
  const reload = oneAfterTheOther(async () => server.apply(await readInputs(configFile, log)));
  listener.serve(server.routes(options.lifecycle ? reload : undefined));
  log('info', 'Server is ready to receive web requests.');
  const running = undo.move();
  const stop = (): Promise<void> => running.disposeAsync();
  return { url, died: engine.died, reload, stop, [Symbol.asyncDispose]: stop };
}

async function listenAndStart(
  listener: Listener,
  { listen = { host: '127.0.0.1', port: 0 } }: PrometheusOptions,
  undo: AsyncDisposableStack,
  limits: EngineLimits,
): Promise<{ readonly url: string; readonly engine: Engine }> {
  // Both are awaited before either may end the start, so that neither is left behind.
  const [address, engine] = await Promise.allSettled([
    listener.listen(listen),
    startEngine({ limits }).then((started) => undo.use(started)),
  ]);
  if (address.status === 'rejected') throw address.reason;
  if (engine.status === 'rejected') throw engine.reason;
  const { host, port } = address.value;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, engine: engine.value };
}

/** Two reloads at a time must not mix. */
function oneAfterTheOther(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}
