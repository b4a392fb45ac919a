import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GatewayEvent } from '../layer/wire.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { SessionStore } from './session-store.ts';

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
    const { epoch } = store.sessions.create('a', {});
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
    store.sessions.create('a', {});
    store.sessions.create('b', {});
    const first = store.appendMessages([message('a', 'm'), message('a', 'm'), message('b', 'm')]);
    const second = store.appendMessages([message('a', 'm', 'other text')]);
    expect(first.map(({ offset, entry }) => [offset, entry !== undefined])).toEqual([
      [1, true],
      [1, false],
      [1, true],
    ]);
    expect(second).toEqual([{ offset: 1 }]);
    expect(offsets(store, 'a')).toEqual([1]);
  });

  it('are stored all or none', () => {
    const store = openStore();
    store.sessions.create('a', {});
    expect(() => store.appendMessages([message('a', 'm1'), message('nobody', 'm2')])).toThrow(/nobody/);
    expect(store.sessions.find('a')?.offset).toBe(0);
    expect(store.appendMessages([message('a', 'm1')])).toMatchObject([{ offset: 1 }]);
  });

  it('are read in pages of a bounded size that miss nothing', () => {
    const store = openStore({ pageBytes: 100 });
    store.sessions.create('a', {});
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
    store.sessions.create('all', {});
    store.sessions.create('own', { events: 'own' });
    store.sessions.create('other', { events: 'own' });
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
    store.sessions.create('a', {});
    store.appendEvents([event(1), event(2)]);
    expect(store.appendEvents([event(1), event(2), event(3), event(3)])).toHaveLength(1);
    expect(store.cursor()).toBe(3);
    expect(store.page('a', 0).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });
});

describe("a probe's session", () => {
  const probe = { kind: 'probe', events: 'own' } as const;

  it('reaches the disk with its first entry, not before, in the same epoch', () => {
    const store = openStore();
    const { epoch } = store.sessions.create('p', probe);
    expect(store.sessions.count()).toBe(0);
    expect(store.sessions.find('p')).toMatchObject({ epoch, offset: 0 });
    store.appendMessages([message('p', 'm')]);
    expect(store.sessions.count()).toBe(1);
    expect(store.sessions.find('p')).toMatchObject({ epoch, offset: 1, kind: 'probe' });
  });

  it('gets the events that are meant for it', () => {
    const store = openStore();
    store.sessions.create('p', probe);
    store.appendEvents([event(1), event(2, 'p'), event(3, 'p')]);
    expect(store.page('p', 0).map(({ id }) => id)).toEqual(['2', '3']);
  });

  it('is still in memory after a batch that failed', () => {
    const store = openStore();
    store.sessions.create('p', probe);
    expect(() => store.appendMessages([message('p', 'm'), message('nobody', 'm')])).toThrow();
    expect(store.sessions.find('p')).toMatchObject({ offset: 0 });
    expect(store.appendMessages([message('p', 'm')])).toMatchObject([{ offset: 1 }]);
  });

  it('is forgotten when there are too many, unless somebody is connected to it', () => {
    const store = openStore({ ephemeralSessions: 2 }, (id) => id === 'p0');
    for (const id of ['p0', 'p1', 'p2', 'p3']) store.sessions.create(id, probe);
    expect(['p0', 'p1', 'p2', 'p3'].filter((id) => store.sessions.find(id))).toEqual(['p0', 'p3']);
  });

  it("is a user's from the moment that a user uses it; a user's never becomes a probe's", () => {
    const store = openStore();
    const used = store.sessions.prefer(store.sessions.create('p', probe), { kind: 'user', events: 'all' });
    expect(used).toMatchObject({ kind: 'user', events: 'all' });
    expect(store.sessions.count()).toBe(1);
    expect(store.sessions.prefer(used, { kind: 'probe' })).toMatchObject({ kind: 'user' });
  });
});

describe('limits', () => {
  it('trims old entries, by number, and still knows the ids of trimmed messages', () => {
    const store = openStore({ entriesPerSession: 10, messageIdSpan: 40 });
    store.sessions.create('a', {});
    for (let index = 1; index <= 30; index += 1) store.appendMessages([message('a', `m${index}`)]);
    const floor = store.sessions.find('a')?.floor ?? 0;
    expect(floor).toBeGreaterThanOrEqual(18);
    expect(offsets(store, 'a')).toEqual(Array.from({ length: 30 - floor }, (_, index) => floor + 1 + index));
    expect(store.appendMessages([message('a', 'm1')])).toEqual([{ offset: 1 }]);
    for (let index = 31; index <= 90; index += 1) store.appendMessages([message('a', `m${index}`)]);
    expect(store.appendMessages([message('a', 'm1')])).toMatchObject([{ offset: 91 }]);
  });

  it('trims old entries, by bytes, but never the newest', () => {
    const store = openStore({ logBytesPerSession: 1000 });
    store.sessions.create('a', {});
    for (let index = 1; index <= 30; index += 1) store.appendMessages([message('a', `m${index}`, 'x'.repeat(98))]);
    expect(store.page('a', 0).length).toBeLessThanOrEqual(11);
    expect(store.page('a', 0).length).toBeGreaterThanOrEqual(10);
    store.appendMessages([message('a', 'big', 'x'.repeat(5000))]);
    expect(offsets(store, 'a')).toEqual([31]);
  });

  it('keeps so many sessions: the one that was left longest ago makes room', () => {
    const store = openStore({ sessions: 2 }, (id) => id === 'used');
    for (const id of ['used', 'a', 'b']) store.sessions.create(id, {});
    expect(['used', 'a', 'b'].filter((id) => store.sessions.find(id))).toEqual(['used', 'b']);
  });

  it('forgets idle sessions with their logs, probes sooner, connected ones never', () => {
    const store = openStore({ userIdleMs: 10_000, probeIdleMs: 1000 }, (id) => id === 'used');
    for (const id of ['used', 'user']) store.sessions.create(id, {});
    store.sessions.create('probe', { kind: 'probe' });
    store.appendMessages([message('probe', 'm'), message('user', 'm')]);
    expect(store.sessions.sweep(Date.now() + 5000)).toBe(1);
    expect(store.sessions.find('probe')).toBeUndefined();
    expect(store.page('probe', 0)).toEqual([]);
    expect(store.sessions.sweep(Date.now() + 20_000)).toBe(1);
    expect(store.sessions.find('used')).toBeDefined();
  });
});
