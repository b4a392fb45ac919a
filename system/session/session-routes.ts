/** Sessions over HTTP: which there are, what was said in one, and the end of one. A token reaches its own only; the owner's reaches all. */
import { z } from 'zod';
import type { LayerServer } from '../layer/http-server.ts';
import { ProblemError, validate } from '../layer/problem.ts';
import { ownerName } from '../layer/tokens.ts';
import { encodeCursor, historyCursor } from './history-cursor.ts';
import type { Hub } from './hub.ts';
import type { Limits } from './limits.ts';
import type { MessageQueue } from './message-queue.ts';
import { sessionId } from './protocol.ts';
import type { StorageWatch } from './storage-watch.ts';
import type { LogEntry } from './store/log.ts';
import { maySee, type SessionStore } from './store/session-store.ts';
import type { Session } from './store/session-table.ts';

export interface SessionRoutes {
  readonly store: SessionStore;
  readonly storage: StorageWatch;
  readonly hub: Hub;
  readonly queue: MessageQueue;
  readonly limits: Limits;
}

export function addSessionRoutes(app: LayerServer, { store, storage, hub, queue, limits }: SessionRoutes): void {
  const limit = z.coerce.number().int().min(1).max(limits.pageLimit).default(100);
  const historyQuery = z.object({ limit, cursor: historyCursor.optional() });
  const listQuery = z.object({ limit, cursor: sessionId.optional() });

  app.get('/v1/sessions', async (request) => {
    const query = validate(listQuery, request.query, 'query');
    const found = store.sessions.list(
      request.owner === ownerName ? null : request.owner,
      query.cursor ?? '',
      query.limit,
    );
    const next = found.length < query.limit ? null : (found.at(-1)?.id ?? null);
    return { sessions: found.map((session) => describe(session, hub)), next };
  });

  app.get<{ Params: { id: string } }>('/v1/sessions/:id/history', async (request) => {
    const query = validate(historyQuery, request.query, 'query');
    const session = reach(store, request.params.id, request.owner);
    const after = query.cursor?.offset ?? session.ownFloor;
    if (query.cursor !== undefined) refuseLostPlace(session, query.cursor);
    const entries = store.page(session.id, after, query.limit);
    const offset = entries.at(-1)?.offset ?? after;
    const { id, epoch, floor } = session;
    return {
      session: id,
      epoch,
      /** Up to it events may be missing between the entries. */
      floor,
      newest: session.offset,
      entries: entries.map(shown),
      next: encodeCursor({ epoch, offset }),
      more: entries.length > 0 && offset < session.offset,
    };
  });

  app.delete<{ Params: { id: string } }>('/v1/sessions/:id', async (request, reply) => {
    const { id } = reach(store, request.params.id, request.owner);
    queue.flush();
    storage.watch(() => store.sessions.remove(id));
    hub.remove(id);
    return reply.code(204).send();
  });
}

/** That there is a session of somebody else is nobody's business. */
function reach(store: SessionStore, id: string, owner: string): Session {
  const session = store.sessions.find(id);
  if (session !== undefined && maySee(owner, session)) return session;
  throw new ProblemError(404, 'OPENCLAW_NO_SESSION', 'there is no such session of this token');
}

function refuseLostPlace(session: Session, cursor: { readonly epoch: string; readonly offset: number }): void {
  const { epoch, ownFloor } = session;
  const oldest = encodeCursor({ epoch, offset: ownFloor });
  const lost = (code: string, why: string) =>
    new ProblemError(410, code, `${why}: read on with cursor=${oldest}, from the oldest entry that there is`, [
      { field: 'query.cursor', message: `read on with ${oldest}` },
    ]);
  if (cursor.epoch !== epoch) throw lost('OPENCLAW_EPOCH_CHANGED', 'the cursor is of a log that is lost');
  if (cursor.offset > session.offset) throw lost('OPENCLAW_OFFSET_UNKNOWN', 'the cursor is ahead of the log');
  if (cursor.offset < ownFloor) throw lost('OPENCLAW_TRIMMED', 'what followed the cursor is not kept any more');
}

function describe({ id, epoch, owner, kind, events, offset, floor }: Session, hub: Hub) {
  return { id, epoch, owner, kind, events, offset, floor, connected: hub.has(id) };
}

function shown({ offset, at, kind, id, bodyJson, traceparent }: LogEntry) {
  const body: unknown = JSON.parse(bodyJson);
  return { offset, at, kind, id, body, ...(traceparent && { traceparent }) };
}
