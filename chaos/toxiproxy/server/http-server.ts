/** The HTTP side of the API: limits, what the router answers itself, and one log line a request. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Answer, apiErrorOf, empty, json, plainText, refusal } from './answer.ts';
import type { Api } from './api.ts';
import type { Limits } from './limits.ts';
import type { Logger } from './log.ts';
import { readRequestBody } from './request-body.ts';
import { readRequestPath } from './request-path.ts';
import { type Found, findRoute } from './routes.ts';

export interface HttpServerOptions {
  readonly api: Api;
  readonly limits: Limits;
  readonly log: Logger;
}

const lingerMs = 500;

/** Not listening yet. */
export function createApiServer(options: HttpServerOptions): Server {
  const { limits } = options;
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      requestTimeout: limits.readMs,
      headersTimeout: limits.readMs,
      keepAliveTimeout: limits.idleMs,
      connectionsCheckingInterval: 1000,
    },
    (request, response) => {
      respond(request, response, options).catch((error: unknown) => {
        options.log.error({ error: String(error) }, 'Could not answer');
        response.destroy();
      });
    },
  );
  server.maxConnections = limits.apiConnections;
  server.on('connect', (_request, socket) => writeRaw(socket, '405 Method Not Allowed', ''));
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = statusOfClientError(error.code);
    writeRaw(socket, status, status);
  });
  return server;
}

async function respond(request: IncomingMessage, response: ServerResponse, options: HttpServerOptions): Promise<void> {
  // A client that goes while it is answered is no matter.
  response.on('error', () => {});
  const answer = route(request, options);
  if ('status' in answer) return send(response, answer);
  const started = performance.now();
  const requestId = randomBytes(10).toString('hex');
  const log = options.log.child({ request_id: requestId });
  response.setHeader('X-Toxiproxy-Request-Id', requestId);
  const { status, body, headers } = await inTime(answerOf(answer, request, { ...options, log }), options.limits);
  log.debug({
    client: `${request.socket.remoteAddress}:${request.socket.remotePort}`,
    method: request.method,
    url: request.url,
    user_agent: request.headers['user-agent'] ?? '',
    status,
    size: Buffer.byteLength(body),
    duration: performance.now() - started,
    handler: answer.name,
  });
  send(response, { status, body, headers });
}

/** What the router answers by itself, or the route. */
function route(request: IncomingMessage, { api }: HttpServerOptions): Answer | Found {
  const { method = '', url = '' } = request;
  if (method === 'OPTIONS' && url === '*') return empty(200);
  const path = readRequestPath(url);
  if (path.kind === 'malformed') {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' };
    return { status: 400, headers, body: '400 Bad Request' };
  }
  if (path.kind === 'redirect') return empty(301, { Location: path.location });
  const found = findRoute(method, path.segments, api.metrics.enabled);
  if (found === 404) return plainText(404, '404 page not found');
  return found === 405 ? empty(405) : found;
}

async function answerOf(found: Found, request: IncomingMessage, options: HttpServerOptions): Promise<Answer> {
  const { api, limits, log } = options;
  if (request.headers['user-agent']?.startsWith('Mozilla/')) return plainText(403, 'User agent not allowed');
  try {
    const body = await readRequestBody(request, limits.bodyBytes);
    if (request.method === 'POST' && found.name.endsWith('Update')) {
      log.warn(`${found.name}: HTTP method POST is deprecated. Use HTTP PATCH instead.`);
    }
    return await found.endpoint(api, { proxy: found.proxy, toxic: found.toxic, body, log });
  } catch (error) {
    const refused = apiErrorOf(error);
    if (refused.status === 500) log.warn({ error: refused.message }, 'Error did not include status code');
    return refusal(refused);
  }
}

/** Work that takes too long goes on; only its answer is lost. */
async function inTime(work: Promise<Answer>, { answerMs }: Limits): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const page = '<html><head><title>Timeout</title></head><body><h1>Timeout</h1></body></html>';
  const timer = setTimeout(() => resolve(json(503, page, 'text/html; charset=utf-8')), answerMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const length = status === 204 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

function statusOfClientError(code: string | undefined): string {
  if (code === 'HPE_HEADER_OVERFLOW') return '431 Request Header Fields Too Large';
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return '408 Request Timeout';
  return '400 Bad Request';
}

/** For a connection on which there is no request to answer. What the client still writes is read for a while, so that no reset overtakes the answer. */
function writeRaw(socket: Duplex, status: string, body: string): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  socket.on('error', () => {});
  const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n`;
  socket.end(`${head}Content-Length: ${body.length}\r\n\r\n${body}`);
  socket.resume();
  setTimeout(() => socket.destroy(), lingerMs).unref();
}
