/** The routes of the session layer: the stream of events, and who is connected. */
import type { FastifyInstance } from 'fastify';
import { ProblemError, validate } from '../layer/problem.ts';
import * as input from './accepted-input.ts';
import type { GatewayCore } from './gateway-core.ts';

export function addSessionRoutes(app: FastifyInstance, core: GatewayCore, heartbeatMs: number): void {
  app.get('/v1/events', { config: { stream: true } }, async (request, reply) => {
    const query = validate(input.eventsQuery, request.query, 'query');
    // The header wins: a browser's EventSource repeats its first URL when it reconnects.
    const resumed = validate(input.lastEventId, request.headers['last-event-id'], 'header.Last-Event-ID');
    const after = resumed ?? query.after ?? 0;
    refuseFuture(after, core.events.newest());
    reply.hijack();
    core.streams.open(reply.raw, {
      after,
      read: (id) => core.events.after(id, core.limits.eventBatch),
      heartbeatMs: Math.min(heartbeatMs, core.limits.streamHeartbeatMs),
      slowReaderMs: core.limits.slowReaderMs,
    });
  });

  app.put('/v1/presence', async (request) => {
    core.tellPresence(validate(input.presence, request.body, 'body'));
    return { users: core.presence.users() };
  });

  app.get('/v1/sessions/live', async () => {
    const users = core.presence.users();
    return { live: users > 0, users };
  });
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
