/** Puts the gateway together: configuration, state, routes, listener. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { z } from 'zod';
import { baseConfig, loadConfig, port } from '../layer/config.ts';
import { openDatabase } from '../layer/database.ts';
import { createHttpServer, type LayerServer } from '../layer/http-server.ts';
import type { LayerContext, RunningLayer } from '../layer/lifecycle.ts';
import { reportQuarantines } from '../layer/quarantine.ts';
import { openTokens } from '../layer/tokens.ts';
import { mount } from './api/endpoint.ts';
import { endpoints } from './api/endpoints.ts';
import { GatewayCore } from './gateway-core.ts';
import { type Limits, limits } from './limits.ts';
import { migrations } from './tables.ts';

const gatewayConfig = { ...baseConfig, port: port(3019) };
type GatewayConfig = z.output<z.ZodObject<typeof gatewayConfig>>;

export interface GatewayOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly limits?: Partial<Limits>;
  /** Is given the database that the gateway has just opened. */
  readonly onDatabase?: (db: DatabaseSync) => void;
}

/** `url` is where it listens. */
export async function startGateway(
  context: LayerContext,
  options: GatewayOptions = {},
): Promise<RunningLayer & { readonly url: string }> {
  const config = loadConfig(gatewayConfig, options.env);
  const app = createGateway(context, config, options);
  const url = await app.listen({ host: config.host, port: config.port });
  app.setReady(true);
  return { url, close: () => app.close() };
}

/** Everything but listening. */
export function createGateway(context: LayerContext, config: GatewayConfig, options: GatewayOptions = {}): LayerServer {
  const { log, registry, version, name: layer } = context;
  const tokens = openTokens(config, layer, registry);
  const file = join(config.home, 'state', 'gateway.db');
  const quarantines = reportQuarantines(context, file);
  const db = openDatabase(file, migrations, quarantines);
  options.onDatabase?.(db);
  const streamHeartbeatMs = Math.min(config.heartbeatMs, limits.streamHeartbeatMs);
  const core = new GatewayCore(db, context, { ...limits, streamHeartbeatMs, ...options.limits });
  const app = createHttpServer({
    layer,
    version,
    log,
    registry,
    tokens,
    links: () => core.links(),
    details: () => ({
      skills: core.skills.list().length,
      pendingCommands: core.pendingCommands(),
      newestEvent: core.events.newest(),
    }),
    degraded: () => [...core.troubles(), ...quarantines.degraded()],
  });
  mount(app, core, endpoints);
  app.addHook('preClose', async () => core.drain());
  app.addHook('onClose', async () => core.close());
  return app;
}
