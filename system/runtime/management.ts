/** The runtime's management port: health, readiness, metrics and the ledger. No work comes in here. */
import type { Registry } from 'prom-client';
import { z } from 'zod';
import { instrument } from '../../metrics/instrument.ts';
import type { GatewayLink } from '../layer/gateway-link.ts';
import { createHttpServer, type LayerServer } from '../layer/http-server.ts';
import type { LayerContext } from '../layer/lifecycle.ts';
import { validate } from '../layer/problem.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { OutboxStore } from './ledger/outbox-store.ts';
import type { SkillSet } from './skills/skill-folder.ts';

export interface ManagementOptions {
  readonly context: LayerContext;
  readonly token: string;
  readonly link: GatewayLink;
  readonly ledger: Ledger;
  readonly outbox: OutboxStore;
  readonly skills: () => SkillSet;
  readonly running: () => readonly { readonly id: string }[];
}

const ledgerQuery = z.object({
  since: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(500),
  state: z.enum(['deferred', 'claimed', 'running', 'finished']).optional(),
});

export function createManagement(options: ManagementOptions): LayerServer {
  const { context, token, link, ledger, outbox } = options;
  const app = createHttpServer({
    layer: context.name,
    version: context.version,
    log: context.log,
    registry: context.registry,
    token,
    links: () => ({ gateway: { reachable: link.reachable, ...link.counts } }),
    details: () => details(options),
  });
  app.addHook('onRequest', async (request) => {
    if (request.url === '/metrics') showOutbox(context.registry, outbox);
  });
  app.get('/v1/ledger', async (request) => {
    const { since, limit, state } = validate(ledgerQuery, request.query, 'query');
    const runs = ledger.changes(since, limit, state);
    return { runs, next: runs.at(-1)?.sequence ?? since };
  });
  return app;
}

function details({ skills, running, ledger, outbox }: ManagementOptions): Record<string, unknown> {
  const { skills: usable, problems } = skills();
  const deferred = ledger.deferred();
  return {
    skills: [
      ...[...usable.values()].map(({ name, schedule, requires }) => ({
        name,
        schedule: schedule?.text ?? null,
        requires,
        deferred: deferred.get(name) ?? 0,
      })),
      ...[...problems].map(([name, problem]) => ({ name, problem })),
    ],
    running: running().map(({ id }) => id),
    outboxPending: outbox.pending,
  };
}

function showOutbox(registry: Registry, outbox: OutboxStore): void {
  instrument(registry, 'openclaw_outbox_pending').set(outbox.pending);
}
