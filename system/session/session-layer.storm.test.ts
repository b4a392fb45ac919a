/** Many at once: resumes, connects, events for all. None is lost, none doubled, and the layer still answers. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SessionStore } from './store/session-store.ts';
import { FakeGateway } from './testing/fake-gateway.ts';
import { startLayer } from './testing/session-fixture.ts';
import { type FrameOf, TestClient, testToken, until } from './testing/test-client.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = new FakeGateway(testToken);
  await gateway.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await gateway.stop();
});

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('a storm', () => {
  it('of clients that come and resume is let in some at a time: each gets what it missed, and health is answered meanwhile', async () => {
    const clients = 80;
    const limits = { hellosPerTurn: 10, upgradesPerTurn: 10 };
    await using layer = await startLayer({ gatewayUrl: gateway.url, heartbeatMs: 5000, limits });
    const admit = vi.spyOn(SessionStore.prototype, 'admit');
    const first = await Promise.all(upTo(clients).map(() => TestClient.greet(layer.port)));
    await Promise.all(first.map(({ client }) => client.message('m1')));
    gateway.emit();
    await Promise.all(first.map(({ client }) => client.entries(2)));
    await Promise.all(first.map(({ client }) => client.end()));
    gateway.emit();
    await until(async () => (await layer.registry.metrics()).includes('openclaw_session_events_total 2'), 'the event');

    const welcomes: FrameOf<'welcome'>[] = [];
    let healthAnswers = 0;
    const storm = first.map(async ({ welcome: { session, epoch } }) => {
      const { client, welcome } = await TestClient.greet(layer.port, { session, epoch, after: 2 });
      welcomes.push(welcome);
      client.send({ type: 'message', id: 'm1', body: 'again' });
      client.send({ type: 'message', id: 'm2', body: 'new' });
      await client.entries(2);
      expect(client.offsets).toEqual([3, 4]);
      expect((await client.arrival('ack', 'm1')).offset).toBeLessThan(3);
    });
    const all = Promise.all(storm);
    while (welcomes.length < clients) {
      expect((await fetch(`http://127.0.0.1:${layer.port}/health`)).status).toBe(200);
      healthAnswers += 1;
    }
    await all;
    expect(welcomes.filter(({ recovered }) => recovered)).toHaveLength(clients);
    expect(healthAnswers).toBeGreaterThan(1);
    const together = admit.mock.calls.map(([guests]) => guests.length);
    expect(Math.max(...together)).toBeLessThanOrEqual(limits.hellosPerTurn);
    expect(together.length, 'admitted in groups').toBeLessThan(2 * clients);
  });

  it('of events reaches all connections once and in order, whatever is written between', async () => {
    await using layer = await startLayer({ gatewayUrl: gateway.url, limits: { sessionsPerTurn: 2 } });
    await until(() => gateway.dials.length > 0, 'the stream');
    const clients = await Promise.all(upTo(9).map(async () => (await TestClient.greet(layer.port)).client));
    for (let round = 1; round <= 20; round += 1) {
      gateway.emit();
      for (const client of clients) client.send({ type: 'message', id: `m${round}`, body: round });
      gateway.emit();
      await clients[round % clients.length]?.arrival('ack', `m${round}`);
    }
    for (const client of clients) {
      const entries = await client.entries(60);
      expect(client.offsets).toEqual(upTo(60));
      const events = entries.filter(({ kind }) => kind === 'event').map(({ id }) => Number(id));
      expect(events).toEqual(upTo(40));
    }
  });

  it('beyond what there is room for is told to come back', async () => {
    await using layer = await startLayer({ limits: { connections: 3, upgradesWaiting: 2 } });
    const clients = upTo(10).map(() => new TestClient(layer.port));
    await until(
      () => clients.every(({ socket, closed }) => socket.readyState === 1 || closed !== undefined),
      'all answers',
    );
    const refused = clients.filter(({ refusal }) => refusal !== undefined);
    expect(refused.length).toBeGreaterThanOrEqual(7);
    expect(refused[0]?.refusal).toEqual({ status: 503, retryAfter: '1' });
    for (const client of clients) await client.end();
    await until(async () => (await fetch(`http://127.0.0.1:${layer.port}/health`)).status === 200, 'health');
    await until(async () => {
      const client = new TestClient(layer.port);
      await until(() => client.closed !== undefined || client.socket.readyState === 1, 'an answer');
      return client.closed === undefined;
    }, 'room again');
  });
});

describe('a burst of messages', () => {
  it('is committed with far fewer waits for the disk than there are messages', async () => {
    await using layer = await startLayer();
    const append = vi.spyOn(SessionStore.prototype, 'appendMessages');
    const { client } = await TestClient.greet(layer.port);
    for (let n = 1; n <= 500; n += 1) client.send({ type: 'message', id: `m${n}`, body: n });
    await client.entries(500);
    expect(append.mock.calls.reduce((sum, [messages]) => sum + messages.length, 0)).toBe(500);
    expect(append.mock.calls.length).toBeLessThan(100);
  });

  it('sent from two devices at once under the same ids is stored once', async () => {
    await using layer = await startLayer();
    const { client: one, welcome } = await TestClient.greet(layer.port);
    const { client: two } = await TestClient.greet(layer.port, { session: welcome.session });
    for (let n = 1; n <= 100; n += 1) {
      for (const client of n % 2 ? [one, two] : [two, one]) client.send({ type: 'message', id: `m${n}`, body: n });
    }
    await until(() => [one, two].every((client) => client.of('ack').length === 100), 'all acks');
    const acks = (client: TestClient) =>
      client
        .of('ack')
        .map(({ id, offset }) => `${id} ${offset}`)
        .toSorted();
    expect(acks(one)).toEqual(acks(two));
    for (const client of [one, two]) expect((await client.entries(100)).map(({ offset }) => offset)).toEqual(upTo(100));
    const metrics = await layer.registry.metrics();
    expect(metrics).toContain('messages_total{result="new"} 100');
    expect(metrics).toContain('messages_total{result="duplicate"} 100');
  });
});
