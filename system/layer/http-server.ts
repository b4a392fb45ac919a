/** The HTTP listener of every layer: health, readiness, metrics, bearer token, limits, request durations. */
import { type FastifyInstance, fastify, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { catalog, type LabelValue } from '../../metrics/catalog.ts';
import { instrument } from '../../metrics/instrument.ts';
import { introduceLayer } from '../../metrics/introduce.ts';
import { drainOnClose } from './drain.ts';
import { authorizeRequests } from './http-auth.ts';
import { httpLimits, maxConnections } from './http-limits.ts';
import { traceRequests } from './http-spans.ts';
import type { Logger } from './logger.ts';
import { answerFrameworkError, answerWithProblems } from './problem.ts';
import type { Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Lasts as long as its client wants, so its duration says nothing. */
    readonly stream?: boolean;
  }
}

export interface HttpServerOptions {
  readonly layer: string;
  readonly version: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly tokens: Tokens;
  /** The layer's view of its links, for `/health`; it never makes the layer unhealthy. */
  readonly links: () => Record<string, unknown>;
  /** Further members of `/health`. */
  readonly details?: () => Record<string, unknown>;
  /** What this layer does less well than it should, for people; `/health` is `degraded` while there is any, and still answers 200. */
  readonly degraded?: () => readonly string[];
  /** Sets what is only worth knowing when somebody looks. */
  readonly onScrape?: () => void;
  /** Connections at once; the next ones are refused. */
  readonly maxConnections?: number;
}

export type LayerServer = FastifyInstance & { readonly setReady: (ready: boolean) => void };

/** `/ready` says 503 until `setReady(true)`, and again from the moment that `close()` is called. */
export function createHttpServer(options: HttpServerOptions): LayerServer {
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    ...httpLimits,
    // While draining, /health still answers what comes over open connections.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
  }) as unknown as FastifyInstance;
  app.server.maxConnections = options.maxConnections ?? maxConnections;

  let ready = false;
  const setReady = (value: boolean): void => {
    ready = value;
  };
  drainOnClose(app, () => setReady(false));
  authorizeRequests(app, options.tokens);
  traceRequests(app);
  answerWithProblems(app);
  measureRequests(app, options.registry);
  describeProcess(options);
  addOpenRoutes(app, options, () => ready);
  return Object.assign(app, { setReady });
}

function addOpenRoutes(app: FastifyInstance, options: HttpServerOptions, ready: () => boolean): void {
  const open = { config: { open: true } };
  const { layer, version, registry } = options;
  const reasons = () => options.degraded?.() ?? [];
  app.get('/health', open, async () => ({
    ...healthOf(reasons()),
    layer,
    version,
    uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
    links: options.links(),
    ...options.details?.(),
  }));
  app.get('/ready', open, async (_request, reply) => reply.code(ready() ? 200 : 503).send({ ready: ready(), layer }));
  app.get('/metrics', open, async (_request, reply) => {
    options.onScrape?.();
    instrument(registry, 'openclaw_degraded').set({ layer }, reasons().length === 0 ? 0 : 1);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}

function healthOf(degraded: readonly string[]) {
  return { status: degraded.length === 0 ? 'ok' : 'degraded', degraded };
}

function measureRequests(app: FastifyInstance, registry: Registry): void {
  const durations = instrument(registry, 'http_server_request_duration_seconds');
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config.stream) return;
    const labels = {
      http_request_method: methodOf(request.method),
      // The template, never the path: paths hold ids, and labels must stay few.
      http_route: request.routeOptions.url ?? 'unmatched',
      http_response_status_code: String(reply.statusCode),
    };
    durations.observe(labels, reply.elapsedTime / 1000);
  });
}

type Method = LabelValue<'http_server_request_duration_seconds', 'http_request_method'>;

/** HTTP has more methods than APIs have, and clients may send any of them. */
function methodOf(method: string): Method {
  const known: readonly string[] = catalog.http_server_request_duration_seconds.labels.http_request_method;
  return known.includes(method) ? (method as Method) : '_OTHER';
}

function describeProcess({ layer, version, registry }: HttpServerOptions): void {
  introduceLayer(registry, layer);
  instrument(registry, 'openclaw_build_info').set({ layer, version }, 1);
  instrument(registry, 'openclaw_start_timestamp_seconds').set(
    { layer },
    (Date.now() - process.uptime() * 1000) / 1000,
  );
}
