/** For the session layer: who is connected, what clients said. */
import { z } from 'zod';
import { isTooDeep, maxJsonDepth } from '../../layer/json-depth.ts';
import { messageBatch, presence } from '../../layer/wire.ts';
import { limits } from '../limits.ts';
import { messageSchema } from '../messages/message-store.ts';
import { cursorAt, positionOf } from '../paging.ts';
import { type Endpoint, endpoint, ok } from './endpoint.ts';
import { count, cursor, id, next } from './input.ts';

const list = 'messages';

const writableBatch = messageBatch.superRefine(({ messages }, context) => {
  for (const [index, { body }] of messages.entries()) {
    if (!isTooDeep(body)) continue;
    const message = `must not be nested more than ${maxJsonDepth} deep`;
    context.addIssue({ code: 'custom', path: ['messages', index, 'body'], message });
  }
});

export const sessionEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'PUT',
    path: '/v1/presence',
    summary: 'The session layer tells who is connected; it holds for 3 seconds',
    access: 'owner',
    body: presence,
    // 20,000 sessions with the longest ids.
    bodyLimitBytes: 6 * 1024 * 1024,
    answer: z.object({ users: z.int() }),
    answers: { 200: 'How many sessions have a user.' },
    problems: {},
    traced: false,
    handle: (core, { body }) => {
      core.tellPresence(body);
      return ok({ users: core.presence.users() });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/sessions/live',
    summary: 'Whether any user is connected',
    access: 'client',
    answer: z.object({ live: z.boolean(), users: z.int() }),
    answers: { 200: 'As the session layer last said; nobody if it is silent.' },
    problems: {},
    handle: (core) => {
      const users = core.presence.users();
      return ok({ live: users > 0, users });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/v1/messages',
    summary: 'The session layer delivers messages of clients, at least once; those that ask for a run have it accepted',
    access: 'owner',
    body: writableBatch,
    // Room for the longest message of a client, and some more in one batch.
    bodyLimitBytes: 8 * 1024 * 1024,
    answer: z.object({ accepted: z.int(), duplicates: z.int() }),
    answers: {
      200: 'All are stored; each once, by session, epoch and offset, while it is kept. One whose body is `{"type": "run", "skill": NAME}`, and nothing else, has asked for a run of that skill for its session: accepted with it, once, and for a day also if the message is no longer kept; where that is not possible the message is stored all the same, and no run will come of it.',
    },
    problems: {},
    handle: (core, { body: { messages } }) => {
      const accepted = core.deliver(messages);
      return ok({ accepted, duplicates: messages.length - accepted });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/v1/messages',
    summary: 'Messages of clients, oldest first; the newest are kept, up to a number and a size',
    access: 'owner',
    query: z.strictObject({
      session: id.optional(),
      limit: count(1, limits.messagesPerPage).default(50),
      cursor,
    }),
    answer: z.object({ messages: z.array(messageSchema), next }),
    answers: { 200: 'A page of messages; it may be shorter than asked for if they are long.' },
    problems: {},
    handle: (core, { query: { session, limit, cursor: from } }) => {
      const page = core.messages.page(session, limit, positionOf(list, from, z.int().positive()));
      return ok({ messages: page.items, next: cursorAt(list, page.next) });
    },
  }),
];
