/** The stream of events. */
import { z } from 'zod';
import { ProblemError } from '../../layer/problem.ts';
import { type GatewayEvent, gatewayEvent, skillName } from '../../layer/wire.ts';
import { eventSchema, gapSchema } from '../events/event-frames.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { count, id } from './input.ts';

const eventId = count(0, Number.MAX_SAFE_INTEGER);

const eventsQuery = z.strictObject({
  after: eventId
    .optional()
    .describe('Id of the last event that the reader has seen; 0, the default, for all that are kept.'),
  skill: skillName.optional(),
  session: id.optional().describe('Session that asked for the run.'),
  type: gatewayEvent.shape.type.optional(),
});
type Wanted = Omit<z.output<typeof eventsQuery>, 'after'>;

export const eventEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/v1/events',
    summary: 'Events of runs as they happen, after those since the one that the reader saw last',
    access: 'client',
    query: eventsQuery,
    headers: z.object({
      'Last-Event-ID': eventId
        .optional()
        .describe('As `after`; it wins, for a browser repeats its first URL when it reconnects.'),
    }),
    media: 'text/event-stream',
    traced: false,
    answer: z.union([eventSchema, gapSchema]),
    answers: {
      200: 'Server-sent events: `id` is the id of the event, `event` its type, `data` the whole as JSON. Ids grow by one; where the reader’s place is not kept any more, an event `gap` comes first.',
    },
    problems: {
      409: '`OPENCLAW_EVENTS_AHEAD`: the newest event is older than the reader’s: the log is another one, start from 0.',
    },
    handle: (core, { query: { after: asked, ...wanted }, headers, reply }) => {
      const after = headers['Last-Event-ID'] ?? asked ?? 0;
      refuseFuture(after, core.events.newest());
      reply.hijack();
      core.follow(reply.raw, after, wantedBy(wanted));
      return undefined;
    },
  }),
];

/** Undefined for all. */
function wantedBy({ skill, session, type }: Wanted): ((event: GatewayEvent) => boolean) | undefined {
  if (skill === undefined && session === undefined && type === undefined) return undefined;
  return (event) =>
    (skill === undefined || event.run.skill === skill) &&
    (session === undefined || event.session === session) &&
    (type === undefined || event.type === type);
}

/** A reader that has seen more than there is read another log: it would wait in silence for ids that mean something else here. */
function refuseFuture(after: number, newest: number): void {
  if (after <= newest) return;
  throw new ProblemError(
    409,
    'OPENCLAW_EVENTS_AHEAD',
    `after ${after}: the newest event is ${newest}; the log is another one, start from 0`,
  );
}
