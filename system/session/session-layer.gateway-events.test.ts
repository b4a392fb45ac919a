import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGateway } from './testing/fake-gateway.ts';
import { startLayer } from './testing/session-fixture.ts';
import { type FrameOf, TestClient, testToken, until } from './testing/test-client.ts';

let gateway: FakeGateway;
beforeEach(async () => {
  gateway = new FakeGateway(testToken);
  await gateway.start();
});
afterEach(() => gateway.stop());

const start = (heartbeatMs = 1000) => startLayer({ gatewayUrl: gateway.url, heartbeatMs });
const upTo = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));
const ids = (entries: readonly FrameOf<'entry'>[]) => entries.map(({ id }) => id);
const streaming = (times = 1) => until(() => gateway.dials.length >= times, `${times} event streams`);

describe('events of the gateway', () => {
  it('reach the logs and the clients that they concern', async () => {
    await using layer = await start();
    await streaming();
    const { client: all } = await TestClient.greet(layer.port);
    const { client: own, welcome } = await TestClient.greet(layer.port, { events: 'own' });
    const event = gateway.emit();
    gateway.emit(welcome.session);
    expect(await all.entries(2)).toMatchObject([
      { offset: 1, kind: 'event', id: '1', body: event },
      { offset: 2, id: '2' },
    ]);
    expect(ids(await own.entries(1))).toEqual(['2']);
    expect(own.offsets).toEqual([1]);
  });

  it('are taken over exactly once when the stream breaks again and again', async () => {
    await using layer = await start();
    const { client } = await TestClient.greet(layer.port);
    for (let round = 1; round <= 8; round += 1) {
      await streaming(round);
      for (let n = 0; n < 10; n += 1) gateway.emit();
      gateway.dropStreams();
      for (let n = 0; n < 5; n += 1) gateway.emit();
    }
    expect(ids(await client.entries(120))).toEqual(upTo(120));
    expect(client.offsets).toEqual(upTo(120).map(Number));
  });

  it('wait while the gateway is down, and messages are accepted all the same', async () => {
    await using layer = await start();
    const { client } = await TestClient.greet(layer.port);
    gateway.emit();
    await client.entries(1);
    await gateway.stop();
    expect(await client.message('meanwhile')).toBe(2);
    const metric = (text: string) => async () => (await layer.registry.metrics()).includes(text);
    await until(metric('openclaw_gateway_reachable{layer="session"} 0'), 'the loss to be seen');
    expect(await layer.registry.metrics()).toContain('openclaw_gateway_connection_issues_total{layer="session"} 1');
    gateway.emit();
    gateway.emit();
    await gateway.start();
    expect(ids(await client.entries(4))).toEqual(['1', 'meanwhile', '2', '3']);
    expect(client.offsets).toEqual([1, 2, 3, 4]);
    await until(metric('openclaw_gateway_reachable{layer="session"} 1'), 'the return to be seen');
    expect(await layer.registry.metrics()).toContain('openclaw_gateway_connection_issues_total{layer="session"} 1');
  });

  it('are followed from the cursor after a restart, and the counters of the link go on', async () => {
    await using first = await start();
    const { client, welcome } = await TestClient.greet(first.port);
    gateway.emit();
    await client.entries(1);
    await first.close();
    gateway.emit();
    await using second = await startLayer({ home: first.home, gatewayUrl: gateway.url });
    const { session, epoch } = welcome;
    const { client: resumed } = await TestClient.greet(second.port, { session, epoch, after: 1 });
    expect(ids(await resumed.entries(1))).toEqual(['2']);
    expect(gateway.dials).toEqual([0, 1]);
    const text = await second.registry.metrics();
    expect(text).toContain('openclaw_gateway_connection_attempts_total{layer="session"} 2');
  });

  it('are asked for anew when the stream falls silent: no heartbeat for 3 of them', async () => {
    await using layer = await start(100);
    const { client } = await TestClient.greet(layer.port);
    await streaming();
    gateway.silent = true;
    gateway.emit();
    await streaming(2);
    gateway.silent = false;
    expect(ids(await client.entries(1))).toEqual(['1']);
  });

  it('are asked for anew within 15 s of silence at the default heartbeat of 5 s', { timeout: 25_000 }, async () => {
    await using layer = await start(5000);
    await streaming();
    const { client } = await TestClient.greet(layer.port);
    gateway.silent = true;
    const silentAt = performance.now();
    await until(() => gateway.dials.length > 1, 'the second stream', 20_000);
    expect(performance.now() - silentAt).toBeLessThan(15_000);
    await client.end();
  });

  it('keep one stream open while heartbeats come', async () => {
    await using layer = await start(100);
    await streaming();
    const before = gateway.presences.length;
    await until(() => gateway.presences.length >= before + 3, 'some seconds to pass');
    expect(gateway.dials).toEqual([0]);
    expect(layer.port).toBeGreaterThan(0);
  });

  it('that make no sense are left out and hold up nothing', async () => {
    await using layer = await start();
    const { client } = await TestClient.greet(layer.port);
    await streaming();
    gateway.inject('data: not json\n\ndata: {"id":-1}\n\nevent: x\ndata: {"id":1}\n\n');
    gateway.emit();
    expect(ids(await client.entries(1))).toEqual(['1']);
    expect(gateway.dials).toEqual([0]);
  });

  it('come from the start of another log when the gateway lost its own', async () => {
    await using layer = await start();
    const { client } = await TestClient.greet(layer.port);
    await streaming();
    for (let n = 0; n < 3; n += 1) gateway.emit();
    await client.entries(3);
    gateway.forget();
    gateway.dropStreams();
    await streaming(3);
    gateway.emit(null, 'health-report');
    expect(ids(await client.entries(4))).toEqual(['1', '2', '3', '1']);
    expect(gateway.dials).toEqual([0, 3, 0]);
    expect(client.of('entry').at(-1)).toMatchObject({ offset: 4, body: { run: { skill: 'health-report' } } });
  });

  it('are refused to a wrong token: asked for again, now and then', async () => {
    const strict = new FakeGateway('another token');
    await strict.start();
    await using layer = await startLayer({ gatewayUrl: strict.url });
    const { client } = await TestClient.greet(layer.port);
    expect(await client.message('m')).toBe(1);
    expect(strict.dials).toEqual([]);
    await strict.stop();
  });
});

describe('presence', () => {
  it('tells who is connected, soon after a user came or went and every second', async () => {
    await using layer = await start();
    const user = await TestClient.greet(layer.port);
    const probe = await TestClient.greet(layer.port, { kind: 'probe', events: 'own' });
    const both = [
      { id: user.welcome.session, kind: 'user' },
      { id: probe.welcome.session, kind: 'probe' },
    ];
    await until(() => gateway.presences.at(-1)?.sessions.length === 2, 'both to be told');
    expect(gateway.presences.at(-1)?.sessions).toEqual(both);
    await user.client.end();
    await until(() => gateway.presences.at(-1)?.sessions.length === 1, 'the departure to be told');
    expect(gateway.presences.at(-1)?.sessions).toEqual(both.slice(1));
  });
});
