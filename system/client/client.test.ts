import { describe, expect, it } from 'vitest';
import { type Cursor, type CursorStore, type TraceContext, webStorage } from './client.ts';
import { open, start, take } from './session.fixture.ts';
import { World } from './world.fixture.ts';

function memoryStore(saved: Cursor[] = []): CursorStore & { readonly saved: Cursor[] } {
  return { saved, load: () => saved.at(-1), save: (cursor: Cursor) => void saved.push(cursor) };
}

describe('a session', () => {
  it('says hello with its token, and later with where it stopped', async () => {
    const { world, session } = await open({ kind: 'user', events: 'own' });
    expect(world.hellos).toEqual([{ type: 'hello', protocol: 1, token: 'secret', kind: 'user', events: 'own' }]);
    world.append('event', 'e1', null);
    await world.carry();
    await world.drop(1006);
    await world.pass(1000);
    await world.carry();
    expect(world.hellos[1]).toMatchObject({ session: 'session-1', epoch: 'epoch-1', after: 1 });
    expect(session.id).toBe('session-1');
  });

  it('resolves a send with the offset of the ack, and an id that is given counts once', async () => {
    const { world, session } = await open();
    const sent = [session.send('a', 'id-1'), session.send('a', 'id-1'), session.send('b')];
    await world.carry();
    expect(await Promise.all(sent)).toEqual([1, 1, 2]);
    expect(world.log.map(({ body }) => body)).toEqual(['a', 'b']);
  });

  it('sends the traceparent of a message, also when it is sent again, and hands out that of an entry', async () => {
    const { world, session } = await open();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const carrier: TraceContext & { tracestate: string } = { traceparent, tracestate: 'vendor=1' };
    void session.send('traced', undefined, carrier);
    void session.send('untraced');
    await world.drop(1006);
    await world.pass(1000);
    await world.carry();
    await world.carry();
    const twice = [
      { type: 'message', id: 'm1', body: 'traced', traceparent },
      { type: 'message', id: 'm2', body: 'untraced' },
    ];
    expect(world.messages).toEqual([...twice, ...twice]);
    const [traced, untraced] = await take(session, 2);
    expect(traced).toMatchObject({ body: 'traced', traceparent });
    expect(untraced).not.toHaveProperty('traceparent');
  });

  it('joins one that exists from its start', async () => {
    const world = new World();
    world.append('event', 'e1', 1);
    const { session } = await open({ session: 'session-1' }, world);
    expect(world.hellos[0]).toMatchObject({ session: 'session-1', after: 0 });
    expect(await take(session, 1)).toMatchObject([{ type: 'entry', offset: 1, id: 'e1' }]);
  });

  it('tells a gap with its reason, once for several in a row', async () => {
    const { world, session } = await open();
    world.append('event', 'e1', null);
    await world.carry();
    for (let n = 0; n < 2; n += 1) {
      await world.loseLog();
      await world.pass(5000);
      await world.carry();
    }
    world.append('event', 'e2', null);
    await world.carry();
    expect(await take(session, 3)).toMatchObject([
      { type: 'entry', id: 'e1' },
      { type: 'gap', reason: 'epoch-changed', epoch: 'epoch-3', from: 0, floor: 0 },
      { type: 'entry', id: 'e2' },
    ]);
  });

  it('tells whether the gateway has its messages', async () => {
    const { world, session } = await open();
    const seen: unknown[] = [];
    session.on('degraded', (degraded) => seen.push(degraded));
    session.on('delivered', (offset) => seen.push(offset));
    world.say({ type: 'status', degraded: true, undelivered: 1 });
    world.say({ type: 'delivered', offset: 7 });
    await world.carry();
    expect([session.degraded, session.delivered, seen]).toEqual([true, 7, [true, 7]]);
  });

  it('outlives a listener that throws', async () => {
    const { world, session } = await open();
    const thrown: unknown[] = [];
    const catchIt = (error: unknown) => void thrown.push(error);
    process.on('unhandledRejection', catchIt);
    session.on('state', () => {
      throw new TypeError('broken listener');
    });
    await world.drop(1006);
    await world.pass(1000);
    await world.carry();
    process.off('unhandledRejection', catchIt);
    expect(session.state).toBe('open');
    expect(thrown).not.toEqual([]);
  });
});

describe('the cursor', () => {
  it('is kept as the application takes, so that the next life goes on from there', async () => {
    const store = memoryStore();
    const { world, session } = await open({ store });
    expect(store.saved).toEqual([{ session: 'session-1', epoch: 'epoch-1', after: 0 }]);
    for (const id of ['e1', 'e2', 'e3']) world.append('event', id, null);
    await world.carry();
    // The third is taken, and not had: nobody asked for a fourth.
    await take(session, 3);
    await world.carry();
    expect(store.saved.at(-1)).toEqual({ session: 'session-1', epoch: 'epoch-1', after: 2 });
    session.close();
    const { session: next } = await open({ store }, world);
    expect(await take(next, 1)).toMatchObject([{ id: 'e3' }]);
  });

  it('ends the session if it cannot be loaded, and is only a problem if it cannot be saved', async () => {
    const fails = () => Promise.reject(new Error('no disk'));
    const broken = start({ store: { load: fails, save: fails } });
    await broken.world.carry();
    expect([broken.session.state, broken.problems[0]?.code]).toEqual(['closed', 'STORE']);
    expect(broken.world.dials).toEqual([]);
    const unsaved = await open({ store: { load: () => undefined, save: fails } });
    await unsaved.world.carry();
    expect([unsaved.session.state, unsaved.problems[0]?.code]).toEqual(['open', 'STORE']);
  });

  it.each([undefined, '', 'garbage', '{"session":1}', '{"session":"a","epoch":"b","after":"1"}'])(
    'in web storage is none if there is %j',
    (text) => {
      const items = new Map(text === undefined ? [] : [['openclaw-session', text]]);
      const storage = {
        getItem: (key: string) => items.get(key) ?? null,
        setItem: (key: string, value: string) => void items.set(key, value),
      };
      expect(webStorage(storage).load()).toBeUndefined();
      const cursor = { session: 'a', epoch: 'b', after: 3 };
      webStorage(storage).save(cursor);
      expect(webStorage(storage).load()).toEqual(cursor);
      expect(webStorage(storage, 'another').load()).toBeUndefined();
    },
  );
});

describe('close', () => {
  it('ends readers once they have read what came, rejects what is not stored, and dials no more', async () => {
    const { world, session, states } = await open();
    world.append('event', 'e1', null);
    await world.carry();
    const sent = session.send('a');
    session.close();
    session.close();
    await expect(sent).rejects.toMatchObject({ code: 'CLOSED' });
    const items = [];
    for await (const item of session.entries()) items.push(item);
    expect(items).toMatchObject([{ id: 'e1' }]);
    await world.pass(60_000);
    expect([states, world.dials.length, world.connected]).toEqual([['open', 'closed'], 1, false]);
  });

  it('lets one loop read at a time', async () => {
    const { session } = await open();
    const first = session.entries();
    void first.next();
    await expect(session.entries().next()).rejects.toThrow(TypeError);
    session.close();
  });
});
