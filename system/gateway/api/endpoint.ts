/** One route as data: what it takes and what it answers. Validation, the listener and the OpenAPI document are made from it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { validate } from '../../layer/problem.ts';
import { traceparentOf } from '../../layer/spans.ts';
import { formatTraceparent, parseTraceparent } from '../../layer/trace-context.ts';
import type { GatewayCore } from '../gateway-core.ts';

export interface Contract {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  /** `open`: without a token; `owner`: with the main token only. */
  readonly access: 'open' | 'client' | 'owner';
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** By the names that people know; case is of no importance. */
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyLimitBytes?: number;
  readonly answer: z.ZodType;
  /** Status → when. */
  readonly answers: Readonly<Record<number, string>>;
  /** Of the answer; JSON unless said otherwise. A stream lasts as long as its client wants. */
  readonly media?: 'text/plain' | 'text/event-stream' | undefined;
  /** Status → when; those that any route may answer are not repeated. */
  readonly problems: Readonly<Record<number, string>>;
  /** False: asked again and again, or for as long as the client wants, so that its spans would say nothing. */
  readonly traced?: boolean;
}

interface Given<Params, Query, Headers, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly headers: Headers;
  readonly body: Body;
  readonly owner: string;
  /** Of the request's span; where that is not recorded, of what asked. */
  readonly traceparent: string | undefined;
  readonly reply: FastifyReply;
}

interface Answered<Answer> {
  readonly status: number;
  readonly body: Answer;
}

/** Undefined: the handler has taken over the connection. */
type Handler<Input, Answer> = (
  core: GatewayCore,
  given: Input,
) => Answered<Answer> | undefined | Promise<Answered<Answer> | undefined>;

export interface Endpoint extends Contract {
  readonly handle: Handler<Given<unknown, unknown, unknown, unknown>, unknown>;
}

const nothing = z.object({});

/** Ties the handler's types to the schemas. */
export function endpoint<
  Answer extends z.ZodType,
  Params extends z.ZodObject = typeof nothing,
  Query extends z.ZodObject = typeof nothing,
  Headers extends z.ZodObject = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(
  spec: Contract & {
    readonly answer: Answer;
    readonly params?: Params;
    readonly query?: Query;
    readonly headers?: Headers;
    readonly body?: Body;
    readonly handle: Handler<
      Given<z.output<Params>, z.output<Query>, z.output<Headers>, z.output<Body>>,
      z.input<Answer>
    >;
  },
): Endpoint {
  return spec as unknown as Endpoint;
}

export function ok<Body>(body: Body): Answered<Body> {
  return { status: 200, body };
}

/** Adds the routes to the listener. */
export function mount(app: FastifyInstance, core: GatewayCore, endpoints: readonly Endpoint[]): void {
  for (const spec of endpoints) {
    const { method, path, access, media, bodyLimitBytes, traced = true } = spec;
    app.route({
      method,
      url: path.replace(/\{(\w+)\}/g, ':$1'),
      // Asking for the head alone would open a stream, or take commands, for nobody.
      exposeHeadRoute: method === 'GET' && access !== 'owner' && media === undefined,
      ...(bodyLimitBytes !== undefined && { bodyLimit: bodyLimitBytes }),
      config: { open: access === 'open', ownerOnly: access === 'owner', stream: media === 'text/event-stream', traced },
      handler: async (request, reply) => {
        const answered = await spec.handle(core, givenBy(request, reply, spec));
        return answered === undefined ? reply : reply.code(answered.status).send(answered.body);
      },
    });
  }
}

function givenBy(request: FastifyRequest, reply: FastifyReply, spec: Contract) {
  const { params, query, headers, body } = spec;
  return {
    params: params && validate(params, request.params, 'path'),
    query: validate(query ?? z.strictObject({}), request.query, 'query'),
    headers: headers && validate(headers, headersNamed(Object.keys(headers.shape), request), 'header'),
    body: body && validate(body, request.body, 'body'),
    owner: request.owner,
    traceparent: traceparentOf() ?? tracedBy(request),
    reply,
  };
}

function tracedBy({ headers }: FastifyRequest): string | undefined {
  const sent = parseTraceparent(headers.traceparent);
  return sent && formatTraceparent(sent);
}

function headersNamed(names: readonly string[], { headers }: FastifyRequest): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
