/** Spans of the requests that a layer answers, by OpenTelemetry's semantic conventions for HTTP; the handler runs with its span active. */
import { type Attributes, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_HTTP_ROUTE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_PATH,
  ATTR_URL_SCHEME,
} from '@opentelemetry/semantic-conventions';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { startSpan } from './spans.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** False: no spans, as for a poll that says nothing most of the time. Open routes and streams never have any. */
    readonly traced?: boolean;
  }
}

const maxPathLength = 500;

/** To be called after the hook that authorizes: who may not ask does not get a span either. */
export function traceRequests(app: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  app.addHook('onRequest', (request, reply, done) => {
    if (isTraced(request)) {
      const span = startRequestSpan(request);
      spans.set(request, span);
      // Not onResponse: whose client goes away is never answered.
      reply.raw.once('close', () => endRequestSpan(span, reply));
    }
    done();
  });
  // Not in onRequest: reading the body comes in between, and does not keep the context.
  app.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request);
    if (span === undefined) done();
    else context.with(trace.setSpan(context.active(), span), done);
  });
}

function isTraced(request: FastifyRequest): boolean {
  const { open, stream, traced = true } = request.routeOptions.config;
  return traced && !open && !stream;
}

function startRequestSpan(request: FastifyRequest): Span {
  const { method, socket } = request;
  const route = request.routeOptions.url;
  const { traceparent } = request.headers;
  return startSpan(route === undefined ? method : `${method} ${route}`, {
    kind: 'server',
    parent: typeof traceparent === 'string' ? traceparent : null,
    attributes: {
      [ATTR_HTTP_REQUEST_METHOD]: method,
      [ATTR_URL_PATH]: request.url.split('?', 1)[0]?.slice(0, maxPathLength) ?? '',
      [ATTR_URL_SCHEME]: request.protocol,
      ...known({
        [ATTR_HTTP_ROUTE]: route,
        [ATTR_SERVER_ADDRESS]: socket.localAddress,
        [ATTR_SERVER_PORT]: socket.localPort,
        [ATTR_NETWORK_PEER_ADDRESS]: socket.remoteAddress,
      }),
    },
  });
}

/** By the conventions a 4xx is the client's error, not the server's. */
function endRequestSpan(span: Span, { raw, statusCode }: FastifyReply): void {
  const isAnswered = raw.writableFinished;
  if (isAnswered) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
  else span.setAttribute(ATTR_ERROR_TYPE, 'client_gone');
  if (isAnswered && statusCode >= 500) {
    span.setAttribute(ATTR_ERROR_TYPE, String(statusCode));
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function known(attributes: Readonly<Record<string, string | number | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
