/** The runtime's management port: health, readiness, metrics, skills and the ledger. No work comes in here. */
import { z } from 'zod';
import { instrument } from '../../metrics/instrument.ts';
import type { GatewayLink } from '../layer/gateway-link.ts';
import { createHttpServer, type LayerServer } from '../layer/http-server.ts';
import type { LayerContext } from '../layer/lifecycle.ts';
import { ProblemError, validate } from '../layer/problem.ts';
import type { Tokens } from '../layer/tokens.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { OutboxStore } from './ledger/outbox-store.ts';
import type { skillOverview } from './skill-overview.ts';
import type { SkillSet } from './skills/skill-folder.ts';

export interface ManagementOptions {
  readonly context: LayerContext;
  readonly tokens: Tokens;
  readonly link: GatewayLink;
  readonly ledger: Ledger;
  readonly outbox: Pick<OutboxStore, 'pending'>;
  readonly dispatcher: Pick<Dispatcher, 'running'>;
  readonly skills: () => SkillSet;
  readonly overview: () => ReturnType<typeof skillOverview>;
  /** What is less well than it should be, for people. */
  readonly degraded: () => readonly string[];
}

const page = {
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  skill: z.string().min(1).max(200).optional(),
};
const missedQuery = z.object(page);
const ledgerQuery = z.object({ ...page, state: z.enum(['deferred', 'claimed', 'running', 'finished']).optional() });
const runPath = z.object({ id: z.string().min(1).max(200) });

export function createManagement(options: ManagementOptions): LayerServer {
  const { context, tokens, link, outbox, degraded } = options;
  const app = createHttpServer({
    layer: context.name,
    version: context.version,
    log: context.log,
    registry: context.registry,
    tokens,
    links: () => ({ gateway: { reachable: link.reachable, ...link.counts } }),
    details: () => details(options),
    degraded,
    onScrape: () => instrument(context.registry, 'openclaw_outbox_pending').set(outbox.pending),
  });
  addRoutes(app, options);
  return app;
}

function addRoutes(app: LayerServer, { ledger, overview }: ManagementOptions): void {
  app.get('/v1/skills', async () => ({ skills: overview() }));
  app.get('/v1/ledger', async (request) => {
    const { since, limit, skill, state } = validate(ledgerQuery, request.query, 'query');
    const runs = ledger.changes(since, limit, { skill, state });
    return { runs, next: runs.at(-1)?.sequence ?? since };
  });
  app.get('/v1/runs/:id', async (request) => {
    const { id } = validate(runPath, request.params, 'path');
    const run = ledger.get(id);
    if (run === undefined) throw new ProblemError(404, 'OPENCLAW_NO_RUN', `there is no run ${JSON.stringify(id)} here`);
    return run;
  });
  app.get('/v1/missed', async (request) => {
    const { since, limit, skill } = validate(missedQuery, request.query, 'query');
    const missed = ledger.missed(since, limit, skill);
    return { missed, next: missed.at(-1)?.sequence ?? since };
  });
}

function details({ skills, dispatcher, ledger, outbox }: ManagementOptions): Record<string, unknown> {
  const { skills: usable, problems, stale } = skills();
  const deferred = ledger.deferred();
  return {
    skills: [
      ...[...usable.values()].map(({ name, schedule, requires }) => ({
        name,
        schedule: schedule?.text ?? null,
        requires,
        deferred: deferred.get(name) ?? 0,
        ...(problems.has(name) && { problem: problems.get(name) }),
        ...(stale.has(name) && { stale: true }),
      })),
      ...[...problems].filter(([name]) => !usable.has(name)).map(([name, problem]) => ({ name, problem })),
    ],
    running: dispatcher.running.map(({ id }) => id),
    outboxPending: outbox.pending,
  };
}
