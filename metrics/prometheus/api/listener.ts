/** The HTTP listener: finds the route, reads the parameters, writes the answer. Whatever a client sends ends in an answer, or in its connection's end. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PrometheusError } from '../errors.ts';
import type { Log } from '../log.ts';
import { ApiError } from './api-error.ts';
import { Form } from './form.ts';
import { failure, type Reply, text } from './reply.ts';
import { formText } from './request-body.ts';
import { findRoute, type Method, type Route } from './route.ts';
import { healthRoute } from './status-routes.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** A query in a URL may be long; what is longer belongs in a form. */
const maxHeaderBytes = 128 * 1024;
const maxConnections = 512;
const optionsHeaders = { vary: 'Accept-Encoding, Origin' };

export class Listener {
  readonly #server: Server;
  readonly #log: Log;
  #routes: readonly Route[] = [healthRoute];
  #state: 'starting' | 'ready' | 'stopping' = 'starting';

  constructor(log: Log) {
    this.#log = log;
    this.#server = createServer(
      { maxHeaderSize: maxHeaderBytes, requestTimeout: 30_000, headersTimeout: 10_000, keepAliveTimeout: 60_000 },
      (request, response) => void this.#serve(request, response),
    );
    this.#server.maxConnections = maxConnections;
  }

  /** Answers 503 to all but `/-/healthy` until `serve`. @throws {PrometheusError} where the address cannot be had. */
  async listen({ host, port }: ListenAddress): Promise<ListenAddress> {
    try {
      this.#server.listen(port, host);
      await once(this.#server, 'listening');
    } catch (cause) {
      throw cannotListen(`${host.includes(':') ? `[${host}]` : host}:${port}`, cause);
    }
    const { address, port: bound } = this.#server.address() as AddressInfo;
    return { host: address, port: bound };
  }

  serve(routes: readonly Route[]): void {
    this.#routes = [healthRoute, ...routes];
    this.#state = 'ready';
  }

  /** Answers under way are finished, for a while. */
  async close(graceMs = 1000): Promise<void> {
    this.#state = 'stopping';
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeIdleConnections();
    const timer = setTimeout(() => this.#server.closeAllConnections(), graceMs);
    await closed;
    clearTimeout(timer);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    let reply: Reply;
    try {
      reply = await this.#answer(request, gone.signal);
    } catch (error) {
      reply = this.#failure(error, request);
    }
    if (response.destroyed) return;
    // What is left of a body that was not read to its end must not be taken for the next request.
    const last = this.#state === 'stopping' || !request.complete;
    const rest = last ? { connection: 'close' } : {};
    response.writeHead(reply.status, { ...reply.headers, ...rest, 'content-length': Buffer.byteLength(reply.body) });
    response.end(request.method === 'HEAD' ? undefined : reply.body);
  }

  async #answer(request: IncomingMessage, gone: AbortSignal): Promise<Reply> {
    const [path = '', ...query] = (request.url ?? '').split('?');
    const found = findRoute(this.#routes, path);
    if (found === undefined) return this.#state === 'ready' ? text(404, '404 page not found\n') : this.#notReady();
    if (this.#state === 'stopping' && found.route !== healthRoute) return this.#notReady();
    const { handlers } = found.route;
    if (request.method === 'OPTIONS') return { status: 204, body: '', headers: optionsHeaders };
    const handler = handlers[request.method as Method];
    if (handler === undefined) {
      const allow = [...Object.keys(handlers), 'OPTIONS'].sort().join(', ');
      return text(405, 'Method Not Allowed\n', { allow, 'x-content-type-options': 'nosniff' });
    }
    const inUrl = query.join('?');
    const form = new Form(request.method === 'POST' ? await formText(request) : '', inUrl);
    return handler({ form, query: new Form(inUrl), part: found.part, gone });
  }

  #notReady(): Reply {
    return text(503, 'Service Unavailable', { 'x-prometheus-stopping': String(this.#state === 'stopping') });
  }

  #failure(error: unknown, request: IncomingMessage): Reply {
    if (error instanceof ApiError) return failure(error);
    const reason = error instanceof Error ? error.message : String(error);
    if (!request.destroyed) this.#log('error', 'Request failed', { component: 'web', url: request.url, err: reason });
    return failure(new ApiError('internal', reason));
  }
}

function cannotListen(address: string, cause: unknown): PrometheusError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason =
    code === 'EADDRINUSE' ? 'bind: address already in use' : cause instanceof Error ? cause.message : String(cause);
  return new PrometheusError('PROMETHEUS_LISTEN', `listen tcp ${address}: ${reason}`, {
    cause,
    mend: 'Stop what listens there, or name another address with --web.listen-address.',
  });
}
