/** The HTTP listener of every layer: health, readiness, metrics, bearer token, limits, request durations. */
import { type FastifyInstance, type FastifyRequest, fastify, LogController } from 'fastify';
import type { Registry } from 'prom-client';
import { instrument } from '../../metrics/instrument.ts';
import { drainOnClose } from './drain.ts';
import type { Logger } from './logger.ts';
import { answerFrameworkError, answerWithProblems, ProblemError } from './problem.ts';
import { tokenMatches } from './token.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a bearer token. */
    readonly open?: boolean;
    /** Lasts as long as its client wants, so its duration says nothing. */
    readonly stream?: boolean;
  }
}

export interface HttpServerOptions {
  readonly layer: string;
  readonly version: string;
  readonly log: Logger;
  readonly registry: Registry;
  readonly token: string;
  /** The layer's view of its links, for `/health`; it never makes the layer unhealthy. */
  readonly links: () => Record<string, unknown>;
  /** Further members of `/health`. */
  readonly details?: () => Record<string, unknown>;
}

export type LayerServer = FastifyInstance & { readonly setReady: (ready: boolean) => void };

const bodyLimitBytes = 1024 * 1024;
const maxConnections = 1000;

/** `/ready` says 503 until `setReady(true)`, and again from the moment that `close()` is called. */
export function createHttpServer(options: HttpServerOptions): LayerServer {
  const app = fastify({
    loggerInstance: options.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: bodyLimitBytes,
    // A client that sends half a request must not hold a connection for ever.
    requestTimeout: 15_000,
    // While draining, /health still answers what comes over open connections.
    return503OnClosing: false,
    frameworkErrors: answerFrameworkError,
    routerOptions: { maxParamLength: 200 },
  }) as unknown as FastifyInstance;
  app.server.maxConnections = maxConnections;

  let ready = false;
  const setReady = (value: boolean): void => {
    ready = value;
  };
  drainOnClose(app, () => setReady(false));
  app.addHook('onRequest', async (request) => authorize(request, options.token));
  answerWithProblems(app);
  measureRequests(app, options.registry);
  describeProcess(options);
  addOpenRoutes(app, options, () => ready);
  return Object.assign(app, { setReady });
}

function authorize(request: FastifyRequest, token: string): void {
  if (request.routeOptions.config.open) return;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (given !== undefined && tokenMatches(token, given)) return;
  throw new ProblemError(
    401,
    'OPENCLAW_UNAUTHORIZED',
    'send the header "Authorization: Bearer TOKEN" with the value of OPENCLAW_TOKEN',
  );
}

function addOpenRoutes(app: FastifyInstance, options: HttpServerOptions, ready: () => boolean): void {
  const open = { config: { open: true } };
  const { layer, version, registry } = options;
  app.get('/health', open, async () => ({
    status: 'ok',
    layer,
    version,
    uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
    links: options.links(),
    ...options.details?.(),
  }));
  app.get('/ready', open, async (_request, reply) => reply.code(ready() ? 200 : 503).send({ ready: ready(), layer }));
  app.get('/metrics', open, async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

function measureRequests(app: FastifyInstance, registry: Registry): void {
  const durations = instrument(registry, 'http_server_request_duration_seconds');
  app.addHook('onResponse', async (request, reply) => {
    if (request.routeOptions.config.stream) return;
    const labels = {
      http_request_method: request.method,
      // The template, never the path: paths hold ids, and labels must stay few.
      http_route: request.routeOptions.url ?? 'unmatched',
      http_response_status_code: String(reply.statusCode),
    };
    durations.observe(labels, reply.elapsedTime / 1000);
  });
}

function describeProcess({ layer, version, registry }: HttpServerOptions): void {
  instrument(registry, 'openclaw_build_info').set({ layer, version }, 1);
  instrument(registry, 'openclaw_start_timestamp_seconds').set(
    { layer },
    (Date.now() - process.uptime() * 1000) / 1000,
  );
}
