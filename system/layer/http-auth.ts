/** Who a request comes from, by its bearer token; or the problem that it is answered with. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError } from './problem.ts';
import { ownerName, type Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answered without a bearer token. */
    readonly open?: boolean;
    /** For the other layers and the owner: the holder of a token of `state/tokens` is answered 403. */
    readonly ownerOnly?: boolean;
  }
  interface FastifyRequest {
    /** Whose token came with the request; empty on open routes. */
    owner: string;
  }
}

export function authorizeRequests(app: FastifyInstance, tokens: Tokens): void {
  app.decorateRequest('owner', '');
  app.addHook('onRequest', async (request, reply) => authorize(request, reply, tokens));
}

function authorize(request: FastifyRequest, reply: FastifyReply, tokens: Tokens): void {
  const { open, ownerOnly } = request.routeOptions.config;
  if (open) return;
  const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const checked = given === undefined ? undefined : tokens.check(given, request.ip);
  if (checked?.ok !== true) throw refusal(reply, checked?.retryAfterMs);
  request.owner = checked.owner;
  if (ownerOnly && checked.owner !== ownerName) {
    throw new ProblemError(403, 'OPENCLAW_OWNER_ONLY', 'this route is for the other layers: it wants the main token');
  }
}

function refusal(reply: FastifyReply, retryAfterMs: number | undefined): ProblemError {
  if (retryAfterMs !== undefined) {
    const text = 'too many wrong tokens came from this address: wait as long as Retry-After says';
    return new ProblemError(429, 'OPENCLAW_TOO_MANY_FAILURES', text, [], retryAfterMs / 1000);
  }
  reply.header('www-authenticate', 'Bearer realm="openclaw"');
  return new ProblemError(
    401,
    'OPENCLAW_UNAUTHORIZED',
    'send the header "Authorization: Bearer TOKEN" with the value of OPENCLAW_TOKEN, or what the file state/token in OPENCLAW_HOME holds',
  );
}
