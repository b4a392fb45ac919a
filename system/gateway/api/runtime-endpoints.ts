/** For the skill runtime: it pulls commands and reports runs. */
import { z } from 'zod';
import { command, runReport } from '../../layer/wire.ts';
import { limits } from '../limits.ts';
import { type Endpoint, endpoint, ok } from './endpoint.ts';
import { count, id } from './input.ts';

/** A runtime that does not say who it is. */
const anonymous = '';

export const runtimeEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/commands',
    summary: 'Pull commands: what is pending, leased to the holder until it is acknowledged or the lease runs out',
    access: 'owner',
    query: z.strictObject({
      waitMs: count(0, limits.commandWaitMs).default(0).describe('How long to wait for the first command.'),
      holder: id
        .default(anonymous)
        .describe('Names the runtime. It is given its leased commands again with each pull; others are not.'),
    }),
    answer: z.object({
      commands: z.array(
        command.meta({ id: 'Command', description: 'What the runtime is to do. `cancel` ends `run`.' }),
      ),
    }),
    answers: { 200: 'Commands, oldest first; none when the wait is over.' },
    problems: {},
    traced: false,
    handle: async (core, { query, reply }) => {
      const gone = new AbortController();
      reply.raw.on('close', () => gone.abort());
      return ok({ commands: await core.pull(query.holder, query.waitMs, gone.signal) });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/v1/commands/{id}/ack',
    summary: 'The runtime has the command on its own disk',
    access: 'owner',
    params: z.object({ id: z.string() }),
    answer: z.object({ acknowledged: z.boolean() }),
    answers: { 200: 'It will not be given again.' },
    problems: { 404: '`OPENCLAW_NO_COMMAND`: there is no such command any more, which settles it too.' },
    handle: (core, { params }) => {
      core.acknowledge(params.id);
      return ok({ acknowledged: true });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/v1/reports',
    summary: 'The runtime tells what became of a run: late, twice or out of order, the highest sequence wins',
    access: 'owner',
    body: runReport,
    answer: z.object({ accepted: z.boolean(), duplicate: z.boolean() }),
    answers: { 200: 'Taken (`accepted`), known, or older than what is known.' },
    problems: { 409: '`OPENCLAW_REPORT_CONFLICT`: the id is that of a run of another skill or trigger.' },
    handle: (core, { body, traceparent }) => {
      const result = core.report(body, traceparent);
      return ok({ accepted: result === 'new', duplicate: result === 'duplicate' });
    },
  }),
];
