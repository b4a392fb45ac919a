/** Puts the gateway together: configuration, state, routes, listener. */
import { join } from 'node:path';
import { baseConfig, loadConfig, port } from '../layer/config.ts';
import { openDatabase } from '../layer/database.ts';
import { createHttpServer } from '../layer/http-server.ts';
import type { LayerContext, RunningLayer } from '../layer/lifecycle.ts';
import { GatewayCore } from './gateway-core.ts';
import { type Limits, limits } from './limits.ts';
import { addRunRoutes } from './run-routes.ts';
import { addRuntimeRoutes } from './runtime-routes.ts';
import { addSessionRoutes } from './session-routes.ts';
import { migrations } from './tables.ts';

export interface GatewayOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<Limits>;
}

/** `url` is where it listens. */
export async function startGateway(
  context: LayerContext,
  options: GatewayOptions = {},
): Promise<RunningLayer & { readonly url: string }> {
  const config = loadConfig({ ...baseConfig, port: port(3019) }, options.env);
  const { log, registry, version, name: layer } = context;
  const db = openDatabase(join(config.home, 'state', 'gateway.db'), migrations);
  const core = new GatewayCore(db, registry, { ...limits, ...options.limits });
  const app = createHttpServer({
    layer,
    version,
    log,
    registry,
    token: config.token,
    links: () => core.links(),
    details: () => ({
      skills: core.skills.list().length,
      pendingCommands: core.runs.pending(),
      newestEvent: core.events.newest(),
    }),
  });
  addRunRoutes(app, core);
  addRuntimeRoutes(app, core);
  addSessionRoutes(app, core, config.heartbeatMs);
  app.addHook('preClose', async () => core.close());
  app.addHook('onClose', async () => db.close());
  const url = await app.listen({ host: config.host, port: config.port });
  app.setReady(true);
  return { url, close: () => app.close() };
}
