/** What runs around a started engine: scrape loops, rule loops, retention, and the routes that ask them. */
import { ownMetrics } from './api/own-metrics.ts';
import { QueryGate } from './api/query-gate.ts';
import { queryRoutes } from './api/query-routes.ts';
import type { Route } from './api/route.ts';
import { ruleRoutes } from './api/rule-routes.ts';
import { seriesRoutes } from './api/series-routes.ts';
import { statusRoutes } from './api/status-routes.ts';
import { targetRoutes } from './api/target-routes.ts';
import type { Engine } from './engine/engine.ts';
import type { Inputs } from './inputs.ts';
import type { Log } from './log.ts';
import { Retention } from './retention.ts';
import { RuleLoops } from './rules/rule-loops.ts';
import { ScrapeManager } from './scrape/scrape-manager.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly log: Log;
  readonly queryTimeoutMs: number;
  readonly maxWaitingQueries: number;
  readonly retentionMs: number;
}

export class Server {
  readonly #options: ServerOptions;
  readonly #scrapes: ScrapeManager;
  readonly #rules: RuleLoops;
  readonly #retention: Retention;
  #jobs: readonly string[] = [];

  constructor(options: ServerOptions) {
    const { engine, log, retentionMs } = options;
    this.#options = options;
    this.#scrapes = new ScrapeManager(engine, log);
    this.#rules = new RuleLoops(engine, log);
    this.#retention = new Retention(engine, retentionMs, log);
  }

  /** Rules first: if the engine refuses them, everything goes on as before. @throws {EngineError} */
  async apply({ configuration, ruleFiles }: Inputs): Promise<void> {
    const { engine, log } = this.#options;
    const { evaluationIntervalMs, targets, jobs, file } = configuration;
    const groups = await engine.loadRules(ruleFiles, { evaluationIntervalMs });
    await this.#rules.stop();
    this.#jobs = jobs;
    await this.#scrapes.apply(targets);
    this.#rules.start(groups);
    log('info', 'Completed loading of configuration file', { filename: file });
  }

  routes(reload: (() => Promise<void>) | undefined): Route[] {
    const { engine, queryTimeoutMs: timeoutMs, maxWaitingQueries } = this.#options;
    const gate = new QueryGate(maxWaitingQueries);
    const targets = () => this.#scrapes.loops;
    const metrics = ownMetrics({ engine, targets: () => targets().length });
    return [
      ...queryRoutes({ engine, gate, timeoutMs }),
      ...seriesRoutes({ engine, gate, timeoutMs }),
      ...ruleRoutes(engine),
      ...targetRoutes({ jobs: () => this.#jobs, targets }),
      ...statusRoutes({ version: engine.version, metrics, ...(reload && { reload }) }),
    ];
  }

  /** What a loop asks of the engine just then is waited for, unless the engine ends too. */
  async stop(): Promise<void> {
    await Promise.all([this.#scrapes.stop(), this.#rules.stop(), this.#retention.stop()]);
  }
}
