/** The routes of those who ask for runs and look at them: clients and the session layer. */
import type { FastifyInstance } from 'fastify';
import { ProblemError, validate } from '../layer/problem.ts';
import * as input from './accepted-input.ts';
import type { GatewayCore } from './gateway-core.ts';

export function addRunRoutes(app: FastifyInstance, core: GatewayCore): void {
  app.get('/v1/skills', async () => ({ skills: core.skills.list() }));

  app.post<{ Params: { name: string } }>('/v1/skills/:name/runs', async (request, reply) => {
    const idempotencyKey = validate(input.idempotencyKey, request.headers['idempotency-key'], 'header.Idempotency-Key');
    const { session } = validate(input.runRequest, request.body, 'body');
    const { run, made } = core.accept({ skill: request.params.name, session, idempotencyKey });
    return reply.code(made ? 202 : 200).send({ run });
  });

  app.get('/v1/runs', async (request) => {
    const { skill = null, limit, cursor = null } = validate(input.runsQuery, request.query, 'query');
    return core.runs.list({ skill, limit, before: cursor });
  });

  app.get<{ Params: { id: string } }>('/v1/runs/:id', async (request) => {
    const run = core.runs.get(request.params.id);
    if (run === undefined) throw new ProblemError(404, 'OPENCLAW_NO_RUN', `there is no run ${request.params.id}`);
    return { run };
  });
}
