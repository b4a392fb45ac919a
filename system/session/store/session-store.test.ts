import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayEvent } from '../../layer/wire.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { Outbox } from './outbox.ts';
import { SessionStore } from './session-store.ts';
import type { Preferences, Session } from './session-table.ts';

let folder: string;
let open: SessionStore[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'openclaw-store-'));
  open = [];
});
afterEach(() => {
  for (const store of open) store.close();
  rmSync(folder, { recursive: true });
});

function openStore(limits: Partial<Limits> = {}, inUse: (id: string) => boolean = () => false): SessionStore {
  const store = new SessionStore(join(folder, 'session.db'), inUse, { ...defaultLimits, ...limits });
  open.push(store);
  return store;
}

function create(store: SessionStore, id: string, preferences: Preferences = {}): Session {
  const [admission] = store.admit([{ owner: 'owner', session: id, ...preferences }]);
  if (admission === undefined || !('session' in admission)) throw new Error(`session ${id} was not admitted`);
  return admission.session;
}

/** As if the gateway had everything. */
const deliverAll = (store: SessionStore) => store.settle(store.outbox.oldest(10_000, Number.POSITIVE_INFINITY));

const message = (session: string, id: string, body: unknown = id) => ({ session, id, bodyJson: JSON.stringify(body) });
const event = (id: number, session: string | null = null): GatewayEvent => ({
  id,
  at: 1,
  type: 'run.finished',
  run: { id: `r${id}`, skill: 's', trigger: 'schedule', dueAt: 1, attempt: 1, outcome: 'succeeded' },
  session,
});
const offsets = (store: SessionStore, id: string, after = 0) => store.page(id, after).map(({ offset }) => offset);

describe('messages', () => {
  it('get contiguous offsets, one sequence with events, and survive reopening in the same epoch', () => {
    const store = openStore();
    const { epoch } = create(store, 'a', {});
    store.appendMessages([message('a', 'm1'), message('a', 'm2')]);
    store.appendEvents([event(1)]);
    store.appendMessages([message('a', 'm3', { deep: [1] })]);
    store.close();
    open = [];
    const again = openStore();
    expect(again.sessions.find('a')).toMatchObject({ epoch, offset: 4, floor: 0 });
    expect(again.page('a', 0)).toMatchObject([
      { offset: 1, kind: 'message', id: 'm1' },
      { offset: 2, kind: 'message', id: 'm2' },
      { offset: 3, kind: 'event', id: '1', bodyJson: JSON.stringify(event(1)) },
      { offset: 4, kind: 'message', id: 'm3', bodyJson: '{"deep":[1]}' },
    ]);
  });

  it('are stored once per id and session, in one batch as in two', () => {
    const store = openStore();
    create(store, 'a', {});
    create(store, 'b', {});
    const first = store.appendMessages([message('a', 'm'), message('a', 'm'), message('b', 'm')]);
    const second = store.appendMessages([message('a', 'm', 'other text')]);
    expect(first).toMatchObject([
      { fate: 'new', offset: 1 },
      { fate: 'duplicate', offset: 1 },
      { fate: 'new', offset: 1 },
    ]);
    expect(second).toEqual([{ fate: 'duplicate', offset: 1 }]);
    expect(offsets(store, 'a')).toEqual([1]);
  });

  it('of a session that is gone are told apart, and hold up no others', () => {
    const store = openStore();
    create(store, 'a');
    const results = store.appendMessages([message('a', 'm1'), message('nobody', 'm2'), message('a', 'm3')]);
    expect(results.map(({ fate }) => fate)).toEqual(['new', 'gone', 'new']);
    expect(offsets(store, 'a')).toEqual([1, 2]);
  });

  it('are stored all or none when the disk fails in the middle', () => {
    const store = openStore();
    create(store, 'a');
    const add = vi.spyOn(Outbox.prototype, 'add').mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    expect(() => store.appendMessages([message('a', 'm1')])).toThrow('disk full');
    add.mockRestore();
    expect(store.sessions.find('a')?.offset).toBe(0);
    expect(store.appendMessages([message('a', 'm1')])).toMatchObject([{ fate: 'new', offset: 1 }]);
  });

  it('are read in pages of a bounded size that miss nothing', () => {
    const store = openStore({ pageBytes: 100 });
    create(store, 'a', {});
    store.appendMessages(Array.from({ length: 20 }, (_, index) => message('a', `m${index}`, 'x'.repeat(30))));
    const seen: number[] = [];
    for (let page = offsets(store, 'a'); page.length > 0; page = offsets(store, 'a', seen.at(-1))) {
      expect(page.length).toBeLessThanOrEqual(4);
      seen.push(...page);
    }
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

describe('events', () => {
  it('go to sessions that want all, and to the one they are meant for', () => {
    const store = openStore();
    create(store, 'all', {});
    create(store, 'own', { events: 'own' });
    create(store, 'other', { events: 'own' });
    store.appendEvents([event(1), event(2, 'own'), event(3, 'all'), event(4, 'gone')]);
    const ids = (session: string) => store.page(session, 0).map(({ id }) => id);
    expect({ all: ids('all'), own: ids('own'), other: ids('other') }).toEqual({
      all: ['1', '2', '3', '4'],
      own: ['2'],
      other: [],
    });
  });

  it('are taken over exactly once, with the cursor', () => {
    const store = openStore();
    create(store, 'a', {});
    store.appendEvents([event(1), event(2)]);
    expect(store.appendEvents([event(1), event(2), event(3), event(3)]).shared).toHaveLength(1);
    expect(store.cursor()).toBe(3);
    expect(store.page('a', 0).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });
});

describe("a probe's session", () => {
  const probe = { kind: 'probe', events: 'own' } as const;

  it('reaches the disk with its first entry, not before, in the same epoch', () => {
    const store = openStore();
    const { epoch } = create(store, 'p', probe);
    expect(store.sessions.count()).toBe(0);
    expect(store.sessions.find('p')).toMatchObject({ epoch, offset: 0 });
    store.appendMessages([message('p', 'm')]);
    expect(store.sessions.count()).toBe(1);
    expect(store.sessions.find('p')).toMatchObject({ epoch, offset: 1, kind: 'probe' });
  });

  it('gets the events that are meant for it', () => {
    const store = openStore();
    create(store, 'p', probe);
    store.appendEvents([event(1), event(2, 'p'), event(3, 'p')]);
    expect(store.page('p', 0).map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('is still in memory after a batch that failed', () => {
    const store = openStore();
    create(store, 'p', probe);
    const add = vi.spyOn(Outbox.prototype, 'add').mockImplementationOnce(() => {
      throw new Error('disk full');
    });
    expect(() => store.appendMessages([message('p', 'm')])).toThrow('disk full');
    add.mockRestore();
    expect(store.sessions.find('p')).toMatchObject({ offset: 0 });
    expect(store.appendMessages([message('p', 'm')])).toMatchObject([{ offset: 1 }]);
  });

  it('is forgotten when there are too many, unless somebody is connected to it', () => {
    const store = openStore({ ephemeralSessions: 2 }, (id) => id === 'p0');
    for (const id of ['p0', 'p1', 'p2', 'p3']) create(store, id, probe);
    expect(['p0', 'p1', 'p2', 'p3'].filter((id) => store.sessions.find(id))).toEqual(['p0', 'p3']);
  });

  it("is a user's from the moment that a user uses it; a user's never becomes a probe's", () => {
    const store = openStore();
    const used = store.sessions.prefer(create(store, 'p', probe), { kind: 'user', events: 'all' });
    expect(used).toMatchObject({ kind: 'user', events: 'all' });
    expect(store.sessions.count()).toBe(1);
    expect(store.sessions.prefer(used, { kind: 'probe' })).toMatchObject({ kind: 'user' });
  });
});

describe('limits', () => {
  it('trims old entries, by number, and still knows the ids of trimmed messages', () => {
    const store = openStore({ entriesPerSession: 10, messageIdSpan: 40 });
    create(store, 'a');
    const add = (from: number, to: number) => {
      for (let index = from; index <= to; index += 1) {
        store.appendMessages([message('a', `m${index}`)]);
        deliverAll(store);
      }
    };
    add(1, 30);
    const floor = store.sessions.find('a')?.floor ?? 0;
    expect(floor).toBeGreaterThanOrEqual(17);
    expect(offsets(store, 'a')).toEqual(Array.from({ length: 30 - floor }, (_, index) => floor + 1 + index));
    expect(store.appendMessages([message('a', 'm1')])).toEqual([{ fate: 'duplicate', offset: 1 }]);
    add(31, 90);
    expect(store.appendMessages([message('a', 'm1')])).toMatchObject([{ offset: 91 }]);
  });

  it('trims old entries, by bytes, but never the newest', () => {
    const store = openStore({ logBytesPerSession: 1000 });
    create(store, 'a');
    for (let index = 1; index <= 30; index += 1) {
      store.appendMessages([message('a', `m${index}`, 'x'.repeat(98))]);
      deliverAll(store);
    }
    expect(store.page('a', 0).length).toBeLessThanOrEqual(12);
    expect(store.page('a', 0).length).toBeGreaterThanOrEqual(9);
    store.appendMessages([message('a', 'big', 'x'.repeat(5000))]);
    expect(offsets(store, 'a')).toEqual([31]);
  });

  it('does not trim what the gateway does not have yet', () => {
    const store = openStore({ entriesPerSession: 10 });
    create(store, 'a');
    for (let index = 1; index <= 30; index += 1) store.appendMessages([message('a', `m${index}`)]);
    expect(offsets(store, 'a')).toHaveLength(30);
    store.settle(store.outbox.oldest(15, Number.POSITIVE_INFINITY));
    store.appendMessages([message('a', 'm31'), message('a', 'm32')]);
    expect(offsets(store, 'a')[0]).toBe(16);
    expect(store.outbox.oldest(100, 1e9).map(({ offset }) => offset)).toEqual(
      Array.from({ length: 17 }, (_, i) => 16 + i),
    );
  });

  it('gives up the oldest messages when too many wait for the gateway, by number and by bytes, and says how many', () => {
    const store = openStore({ undelivered: 10, undeliveredBytes: 1000 });
    create(store, 'a');
    for (let index = 1; index <= 25; index += 1) store.appendMessages([message('a', `m${index}`)]);
    expect(store.outbox.size()).toBe(10);
    expect(store.takeGivenUp()).toBe(15);
    for (const id of ['m26', 'm27', 'm28']) store.appendMessages([message('a', id, 'x'.repeat(700))]);
    expect(store.outbox.oldest(100, 1e9).map(({ offset }) => offset)).toEqual([27, 28]);
    expect(store.takeGivenUp()).toBe(11);
    expect(offsets(store, 'a')).toHaveLength(28);
  });

  it('trims by age', () => {
    const store = openStore({ entryAgeMs: 1000 });
    create(store, 'a');
    store.appendEvents([event(1)]);
    store.appendMessages([message('a', 'm1')]);
    store.sweep(Date.now() + 2000);
    expect(
      store.page('a', 0).map(({ id }) => id),
      'an undelivered message',
    ).toEqual(['m1']);
    deliverAll(store);
    store.sweep(Date.now() + 2000);
    expect(store.sessions.find('a')).toMatchObject({ offset: 2, floor: 2 });
    expect(store.page('a', 0)).toEqual([]);
    store.appendEvents([event(2)]);
    expect(offsets(store, 'a')).toEqual([3]);
  });

  it('keeps so many sessions: the one that was left longest ago makes room', () => {
    const store = openStore({ sessions: 2 }, (id) => id === 'used');
    for (const id of ['used', 'a', 'b']) create(store, id, {});
    expect(['used', 'a', 'b'].filter((id) => store.sessions.find(id))).toEqual(['used', 'b']);
  });

  it('forgets idle sessions with their logs, probes sooner, connected ones never', () => {
    const store = openStore({ userIdleMs: 10_000, probeIdleMs: 1000 }, (id) => id === 'used');
    for (const id of ['used', 'user']) create(store, id, {});
    create(store, 'probe', { kind: 'probe' });
    store.appendMessages([message('probe', 'm'), message('user', 'm')]);
    expect(store.sweep(Date.now() + 20_000), 'the gateway does not have their messages').toBe(0);
    deliverAll(store);
    expect(store.sweep(Date.now() + 5000)).toBe(1);
    expect(store.sessions.find('probe')).toBeUndefined();
    expect(store.page('probe', 0)).toEqual([]);
    expect(store.sweep(Date.now() + 20_000)).toBe(1);
    expect(store.sessions.find('used')).toBeDefined();
  });
});
