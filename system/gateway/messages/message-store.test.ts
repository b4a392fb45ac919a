import { describe, expect, it } from 'vitest';
import type { SessionMessage } from '../../layer/wire.ts';
import { type Limits, limits } from '../limits.ts';
import { openTestDatabase } from '../testing/test-database.ts';
import { MessageStore } from './message-store.ts';

function message(offset: number, more: Partial<SessionMessage> = {}): SessionMessage {
  return {
    session: 's1',
    epoch: 'e1',
    offset,
    at: 1000,
    id: `m${offset}`,
    body: { text: `number ${offset}` },
    ...more,
  };
}

function openStore(changed: Partial<Limits> = {}) {
  const test = openTestDatabase();
  const store = new MessageStore(test.storage, { ...limits, ...changed });
  const offsets = (session?: string) => store.page(session, 1000).items.map(({ offset }) => offset);
  return { ...test, store, offsets };
}

describe('messages', () => {
  it('are stored once each, by session, epoch and offset, as they came', () => {
    using test = openStore();
    expect(test.store.add([message(1), message(2)])).toBe(2);
    expect(test.store.add([message(2), message(3), message(3)])).toBe(1);
    expect(test.store.add([message(1, { epoch: 'e2' }), message(1, { session: 's2' })])).toBe(2);
    expect(test.store.page('s1', 10).items).toEqual([message(1), message(2), message(3), message(1, { epoch: 'e2' })]);
    expect(test.offsets()).toEqual([1, 2, 3, 1, 1]);
    expect(test.store.page('s3', 10)).toEqual({ items: [], next: null });
  });

  it('keep the trace that they came with', () => {
    using test = openStore();
    const traced = message(1, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' });
    test.store.add([traced, message(2)]);
    expect(test.store.page('s1', 10).items).toEqual([traced, message(2)]);
  });

  it('keep bodies of every kind', () => {
    using test = openStore();
    const bodies = [null, 'text', 0, [1, { a: null }], '', '\u0000\ud83d\ude00'];
    test.store.add([...bodies.map((body, index) => message(index + 1, { body })), message(7, { body: undefined })]);
    expect(test.store.page('s1', 10).items.map(({ body }) => body)).toEqual([...bodies, null]);
  });

  it('come page by page, each once, while more arrive', () => {
    using test = openStore();
    test.store.add([1, 2, 3, 4, 5].map((offset) => message(offset)));
    const first = test.store.page('s1', 2);
    test.store.add([message(6), message(1, { session: 's2' })]);
    const second = test.store.page('s1', 3, first.next ?? 0);
    const third = test.store.page('s1', 3, second.next ?? 0);
    const offsets = [first, second, third].map(({ items }) => items.map(({ offset }) => offset));
    expect(offsets).toEqual([[1, 2], [3, 4, 5], [6]]);
    expect(third.next).toBeNull();
  });

  it('end a page early when they are long', () => {
    using test = openStore({ messagePageBytes: 1000 });
    test.store.add([1, 2, 3].map((offset) => message(offset, { body: 'x'.repeat(600) })));
    const page = test.store.page('s1', 10);
    expect(page.items).toHaveLength(2);
    expect(test.store.page('s1', 10, page.next ?? 0).items).toMatchObject([{ offset: 3 }]);
  });

  it('are bounded by number: the oldest go', () => {
    using test = openStore({ messagesKept: 200 });
    for (let offset = 1; offset <= 500; offset += 1) test.store.add([message(offset)]);
    const kept = test.offsets();
    expect(kept.length).toBeGreaterThan(100);
    expect(kept.length).toBeLessThanOrEqual(200);
    expect(kept.at(-1)).toBe(500);
  });

  it('are bounded by size, also over a restart', () => {
    using test = openStore();
    const body = 'x'.repeat(998);
    for (let offset = 1; offset <= 300; offset += 1) test.store.add([message(offset, { body })]);
    const restarted = new MessageStore(test.storage, { ...limits, messageBytesKept: 150_000 });
    restarted.add([message(301, { body })]);
    expect(test.offsets()).toEqual([...Array.from({ length: 101 }, (_, index) => 201 + index)]);
  });
});
