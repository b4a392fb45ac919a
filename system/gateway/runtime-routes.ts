/** The routes of the skill runtime: it tells its skills, pulls commands and reports runs. */
import type { FastifyInstance } from 'fastify';
import { validate } from '../layer/problem.ts';
import * as input from './accepted-input.ts';
import type { GatewayCore } from './gateway-core.ts';

export function addRuntimeRoutes(app: FastifyInstance, core: GatewayCore): void {
  app.put('/v1/skills', async (request) => {
    const { skills } = validate(input.skillList, request.body, 'body');
    core.skills.replace(skills);
    return { skills: core.skills.list() };
  });

  app.get('/v1/commands', async (request, reply) => {
    const { waitMs } = validate(input.commandsQuery, request.query, 'query');
    const gone = new AbortController();
    reply.raw.on('close', () => gone.abort());
    return { commands: await core.pull(waitMs, gone.signal) };
  });

  app.post<{ Params: { id: string } }>('/v1/commands/:id/ack', async (request) => {
    core.acknowledge(request.params.id);
    return { acknowledged: true };
  });

  app.post('/v1/reports', async (request) => {
    const result = core.report(validate(input.runReport, request.body, 'body'));
    return { accepted: result === 'new', duplicate: result === 'duplicate' };
  });
}
