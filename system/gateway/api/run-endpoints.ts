/** For those who ask for runs and look at them. */
import { z } from 'zod';
import { ProblemError } from '../../layer/problem.ts';
import { runOutcome, skillName } from '../../layer/wire.ts';
import { limits } from '../limits.ts';
import { cursorAt, positionOf } from '../paging.ts';
import { runSchema, runWithOutputSchema } from '../runs/run.ts';
import { type Endpoint, endpoint, ok } from './endpoint.ts';
import { count, cursor, id, next, unixMs } from './input.ts';

const list = 'runs';
const { state, trigger } = runSchema.shape;

const idempotencyKey = z
  .string('is required: send a value of your own that is new for each new run, and the same when you ask again')
  .regex(/^[!-~]{1,200}$/, 'must be 1 to 200 printable ASCII characters without spaces')
  .describe('New for each new run, the same when you ask again. Kept for 24 hours, for each token apart.');

const runRequest = z
  .strictObject({ session: id.nullish().describe('Session that gets the events of the run.') })
  .default({});

const runsQuery = z.strictObject({
  skill: skillName.optional(),
  state: state.optional(),
  outcome: runOutcome.optional(),
  trigger: trigger.optional(),
  session: id.optional().describe('Session that asked for the run.'),
  from: unixMs.optional().describe('Runs that were due, or asked for, at this Unix ms or later.'),
  to: unixMs.optional().describe('Runs that were due, or asked for, before this Unix ms.'),
  limit: count(1, limits.runsPerPage).default(50),
  cursor,
});

export const runEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'POST',
    path: '/v1/skills/{name}/runs',
    summary: 'Run a skill now',
    access: 'client',
    params: z.object({ name: z.string() }),
    headers: z.object({ 'Idempotency-Key': idempotencyKey }),
    body: runRequest,
    answer: z.object({ run: runSchema }),
    answers: { 202: 'Accepted: the runtime will be asked for the run.', 200: 'Accepted before under the same key.' },
    problems: {
      404: '`OPENCLAW_NO_SKILL`: there is no such skill.',
      409: '`OPENCLAW_SKILL_PROBLEM`: the skill cannot run.',
      422: '`OPENCLAW_KEY_REUSED`: the key stands for another request.',
      429: '`OPENCLAW_TOO_MANY_COMMANDS`: too many wait for the runtime. Or: `OPENCLAW_TOO_MANY_KEYS`: too many keys are kept.',
    },
    handle: (core, { params, headers, body, owner, traceparent }) => {
      const session = body.session ?? null;
      const request = { skill: params.name, session, owner, idempotencyKey: headers['Idempotency-Key'], traceparent };
      const { run, made } = core.accept(request);
      return { status: made ? 202 : 200, body: { run } };
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/runs',
    summary: 'Runs, newest first in the order in which the gateway learned of them',
    access: 'client',
    query: runsQuery,
    answer: z.object({ runs: z.array(runSchema), next }),
    answers: { 200: 'A page of runs.' },
    problems: {},
    handle: (core, { query: { limit, cursor: from, ...filters } }) => {
      const page = core.runList.page(filters, limit, positionOf(list, from, z.int().positive()));
      return ok({ runs: page.items, next: cursorAt(list, page.next) });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/runs/{id}',
    summary: 'A run, with the end of its output',
    access: 'client',
    params: z.object({ id: z.string() }),
    answer: z.object({ run: runWithOutputSchema }),
    answers: { 200: 'The run.' },
    problems: { 404: '`OPENCLAW_NO_RUN`: there is no such run, or it is forgotten.' },
    handle: (core, { params }) => {
      const run = core.runs.get(params.id);
      if (run === undefined) throw new ProblemError(404, 'OPENCLAW_NO_RUN', `there is no run ${params.id}`);
      return ok({ run });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/v1/runs/{id}/cancel',
    summary: 'End a run, or never begin it',
    access: 'client',
    params: z.object({ id: z.string() }),
    answer: z.object({ run: runSchema }),
    answers: {
      202: 'The runtime will be asked, once; its word decides whether the run ends as cancelled.',
      200: 'It has ended as cancelled.',
    },
    problems: {
      404: '`OPENCLAW_NO_RUN`: there is no such run, or it is forgotten.',
      409: '`OPENCLAW_RUN_FINISHED`: the run has ended.',
      429: '`OPENCLAW_TOO_MANY_COMMANDS`: too many wait for the runtime.',
    },
    handle: (core, { params, traceparent }) => {
      const run = core.cancel(params.id, traceparent);
      return { status: run.state === 'finished' ? 200 : 202, body: { run } };
    },
  }),
];
