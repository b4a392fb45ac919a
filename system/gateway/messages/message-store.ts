/** The clients' messages that the session layer delivered: each once, in the order of arrival, bounded by count and bytes. */
import { z } from 'zod';
import { type SessionMessage, sessionMessage } from '../../layer/wire.ts';
import type { Limits } from '../limits.ts';
import type { Page } from '../paging.ts';
import type { Storage } from '../storage.ts';

export const messageSchema = z.object(sessionMessage.shape).meta({
  id: 'Message',
  description: 'What a client said in a session. `at` is Unix ms.',
});

interface MessageRow {
  readonly number: number;
  readonly session: string;
  readonly epoch: string;
  readonly offset: number;
  readonly at: number;
  readonly id: string;
  readonly bytes: number;
  readonly body: string;
  readonly traceparent: string | null;
}

const forgetAtOnce = 100;

export class MessageStore {
  readonly #storage: Storage;
  readonly #limits: Limits;
  readonly #statements;
  #held: { readonly messages: number; readonly bytes: number };

  constructor(storage: Storage, limits: Limits) {
    this.#storage = storage;
    this.#limits = limits;
    this.#statements = prepare(storage);
    this.#held = this.#count();
  }

  /** How many of them were not here yet; `onFresh` is called for each of those, in the transaction that stores them. */
  add(messages: readonly SessionMessage[], onFresh: (message: SessionMessage) => void = () => {}): number {
    const { held, fresh } = this.#storage.commit(() => {
      let { messages: count, bytes } = this.#held;
      for (const message of messages) {
        const added = this.#insert(message);
        if (added === 0) continue;
        onFresh(message);
        count += 1;
        bytes += added;
      }
      return { fresh: count - this.#held.messages, held: this.#forget(count, bytes) };
    });
    this.#held = held;
    return fresh;
  }

  /** Oldest first; `after` is the position of the last one of the page before. */
  page(session: string | undefined, limit: number, after = 0): Page<SessionMessage, number> {
    const { page, pageOfSession } = this.#statements;
    const rows = session === undefined ? page.iterate(after) : pageOfSession.iterate(session, after);
    const items: SessionMessage[] = [];
    let bytes = 0;
    let last = after;
    for (const row of rows as unknown as Iterable<MessageRow>) {
      if (items.length >= limit || bytes > this.#limits.messagePageBytes) return { items, next: last };
      items.push(messageOf(row));
      bytes += row.bytes;
      last = row.number;
    }
    return { items, next: null };
  }

  /** Bytes added: 0 if the message is here already. */
  #insert({ session, epoch, offset, at, id, body, traceparent }: SessionMessage): number {
    const text = JSON.stringify(body) ?? 'null';
    const bytes = Buffer.byteLength(text);
    const row = { session, epoch, offset, at, id, bytes, body: text, traceparent: traceparent ?? null };
    const { changes } = this.#statements.insert.run(row);
    return changes === 0 ? 0 : bytes;
  }

  #forget(messages: number, bytes: number): { messages: number; bytes: number } {
    const held = { messages, bytes };
    while (held.messages > this.#limits.messagesKept || held.bytes > this.#limits.messageBytesKept) {
      const gone = this.#statements.forget.all(forgetAtOnce) as unknown as { bytes: number }[];
      if (gone.length === 0) break;
      held.messages -= gone.length;
      for (const row of gone) held.bytes -= row.bytes;
    }
    return held;
  }

  #count(): { messages: number; bytes: number } {
    const row = this.#statements.count.get();
    return { messages: Number(row?.messages), bytes: Number(row?.bytes ?? 0) };
  }
}

function prepare({ db }: Storage) {
  return {
    insert: db.prepare(`
      INSERT OR IGNORE INTO message (session, epoch, offset, at, id, bytes, body, traceparent)
      VALUES (:session, :epoch, :offset, :at, :id, :bytes, :body, :traceparent)`),
    page: db.prepare('SELECT * FROM message WHERE number > ? ORDER BY number'),
    pageOfSession: db.prepare('SELECT * FROM message WHERE session = ? AND number > ? ORDER BY number'),
    forget: db.prepare(
      'DELETE FROM message WHERE number IN (SELECT number FROM message ORDER BY number LIMIT ?) RETURNING bytes',
    ),
    count: db.prepare('SELECT count(*) AS messages, sum(bytes) AS bytes FROM message'),
  };
}

function messageOf({ session, epoch, offset, at, id, body, traceparent }: MessageRow): SessionMessage {
  const trace = traceparent === null ? {} : { traceparent };
  return { session, epoch, offset, at, id, body: JSON.parse(body) as unknown, ...trace };
}
