import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeSystem, token } from '../observe/testing/fake-system.ts';
import { fullJitterMs } from './backoff.ts';
import { ReceivedLog } from './received-log.ts';
import { SessionClient } from './session-client.ts';
import { readHistory } from './session-history.ts';
import { startTrace } from './trace-start.ts';

let system: FakeSystem;
let client: SessionClient;
let disconnects: string[];

beforeEach(async () => {
  system = await FakeSystem.start([]);
  disconnects = [];
  client = new SessionClient({
    address: () => system.cut('client-session').address,
    token,
    onDisconnect: (detail) => disconnects.push(detail),
  });
  await vi.waitFor(() => expect(client.connectedSinceMs).toBeDefined());
});

afterEach(async () => {
  client[Symbol.dispose]();
  await system[Symbol.asyncDispose]();
});

const link = () => system.cut('client-session');
const offsets = () => client.received.entries.map(({ offset }) => offset);

describe('the session client', () => {
  it('resumes where it was, and is given what it missed exactly once and in order', async () => {
    system.session.publish('e1', {});
    client.post('m1', 'one');
    await vi.waitFor(() => expect(offsets()).toEqual([1, 2]));
    const { identity } = client;
    await link().refuse();
    await vi.waitFor(() => expect(disconnects).toHaveLength(1));
    system.session.publish('e2', {});
    client.post('m2', 'two');
    await link().allow();
    await vi.waitFor(() => expect(offsets()).toEqual([1, 2, 3, 4]), { timeout: 5000 });
    await vi.waitFor(() =>
      expect([...client.acknowledged]).toEqual([
        ['m1', 2],
        ['m2', 4],
      ]),
    );
    expect(client.identity).toEqual(identity);
    expect(client.identityChanges).toBe(0);
    expect(client.disconnects).toBe(1);
    expect(client.received.doubled).toBe(0);
    expect(system.session.hellos.at(-1)).toMatchObject({ kind: 'user', events: 'all', after: 2, ...identity });
  });

  it('sends a message again until it is acknowledged, with the same id', async () => {
    link().swallow();
    client.post('m1', 'one');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(client.waiting).toBe(1);
    await link().allow();
    await vi.waitFor(() => expect([...client.acknowledged.keys()]).toEqual(['m1']), { timeout: 5000 });
    const kept = [...system.session.sessions.values()].flatMap(({ lines }) => lines);
    expect(kept.map(({ id }) => id)).toEqual(['m1']);
  });

  it('sends a message along with its trace, each time with the same one', async () => {
    const { traceparent } = startTrace();
    client.post('plain', 0);
    client.post('traced', 1, traceparent);
    await vi.waitFor(() => expect(client.waiting).toBe(0));
    link().swallow();
    client.post('again', 2, traceparent);
    await link().allow();
    await vi.waitFor(() => expect(client.waiting).toBe(0), { timeout: 5000 });
    const { traceparents } = system.session;
    expect(traceparents.slice(0, 2)).toEqual([undefined, traceparent]);
    expect(new Set(traceparents.slice(2))).toEqual(new Set([traceparent]));
  });

  it('finds out by itself that the link is dead', { timeout: 15_000 }, async () => {
    client[Symbol.dispose]();
    system.session.heartbeatMs = 200;
    client = new SessionClient({ address: () => link().address, token, onDisconnect: (why) => disconnects.push(why) });
    await vi.waitFor(() => expect(client.connectedSinceMs).toBeDefined());
    // Alive while the peer answers, though nobody says anything.
    await new Promise((resolve) => setTimeout(resolve, 1000));
    expect(disconnects).toEqual([]);
    link().swallow();
    await vi.waitFor(() => expect(disconnects).toHaveLength(1), { timeout: 5000 });
  });

  it('notices that the server has forgotten its session', async () => {
    system.session.sessions.clear();
    link().closeConnections();
    await vi.waitFor(() => expect(client.identityChanges).toBe(1), { timeout: 5000 });
    expect(client.identity?.session).not.toBe(client.firstIdentity?.session);
  });

  it('bounds what waits', async () => {
    await link().refuse();
    const accepted = Array.from({ length: 1100 }, (_, n) => client.post(`m${n}`, n)).filter(Boolean);
    expect(accepted).toHaveLength(1000);
    expect(client.waiting).toBe(1000);
  });
});

describe('the history of a session', () => {
  const read = () =>
    readHistory({
      address: system.cut('observer-session').address,
      token,
      session: client.identity?.session ?? '',
      epoch: client.identity?.epoch ?? '',
      timeoutMs: 1000,
    });

  it('is read whole', async () => {
    for (let n = 0; n < 50; n++) system.session.publish(`e${n}`, {});
    expect((await read()).entries.map(({ offset }) => offset)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it('is empty where it is empty', async () => {
    expect(await read()).toMatchObject({ recovered: true, entries: [] });
  });

  it('of a session that is not known is told as such', async () => {
    system.session.publish('e', {});
    system.session.sessions.clear();
    expect(await read()).toMatchObject({ recovered: false, entries: [] });
  });

  it('that cannot be read is an error, not an empty one', async () => {
    await system.cut('observer-session').refuse();
    await expect(read()).rejects.toThrow('ECONNREFUSED');
  });
});

it('remembers doubles and disorder', () => {
  const log = new ReceivedLog();
  for (const offset of [1, 2, 2, 5, 4]) {
    log.add({ type: 'entry', offset, at: 0, kind: 'event', id: `e${offset}`, body: null }, 0);
  }
  expect([log.lastOffset, log.doubled, log.entries.length]).toEqual([5, 2, 5]);
});

it('backs off with full jitter, from 50 ms to half a second', () => {
  expect([0, 1, 2, 3, 4, 50].map((attempt) => fullJitterMs(attempt, () => 1))).toEqual([50, 100, 200, 400, 500, 500]);
  expect(fullJitterMs(9, () => 0)).toBe(0);
});
