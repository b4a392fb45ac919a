import { describe, expect, it } from 'vitest';
import { startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken, until } from './testing/test-client.ts';

describe('hello', () => {
  it('opens a new session, and messages are acknowledged with their place in the log', async () => {
    await using layer = await startLayer();
    const { client, welcome } = await TestClient.greet(layer.port);
    expect(welcome).toMatchObject({ offset: 0, recovered: false, reason: 'new-session', heartbeatMs: 1000 });
    expect(await client.message('m1')).toBe(1);
    expect(await client.message('m2', null)).toBe(2);
    expect(await client.entries(2)).toMatchObject([
      { offset: 1, kind: 'message', id: 'm1', body: { text: 'm1' } },
      { offset: 2, kind: 'message', id: 'm2', body: null },
    ]);
    client.send({ type: 'ping', id: 'p' });
    await client.arrival('pong', 'p');
  });

  it('takes a client to where it was: what it missed comes first, in order, then what is new', async () => {
    await using layer = await startLayer({ limits: { pageBytes: 200 } });
    const { client: writer, welcome } = await TestClient.greet(layer.port);
    const { session, epoch } = welcome;
    for (let n = 1; n <= 60; n += 1) writer.send({ type: 'message', id: `m${n}`, body: 'x'.repeat(50) });
    await writer.entries(60);
    // The writer goes on while the other replays: nothing of that may overtake.
    for (let n = 61; n <= 120; n += 1) writer.send({ type: 'message', id: `m${n}`, body: n });
    const resumed = await TestClient.greet(layer.port, { session, epoch, after: 25 });
    for (let n = 121; n <= 140; n += 1) writer.send({ type: 'message', id: `m${n}`, body: n });
    expect(resumed.welcome).toMatchObject({ session, epoch, recovered: true });
    await resumed.client.entries(115);
    expect(resumed.client.offsets).toEqual(Array.from({ length: 115 }, (_, index) => index + 26));
    expect(resumed.client.frames[0]?.type).toBe('welcome');
  });

  it.each([
    ['unknown-session', { session: 'never-seen', epoch: 'e', after: 3 }],
    ['epoch-changed', { epoch: 'another', after: 1 }],
    ['offset-unknown', { after: 99 }],
    ['trimmed', { after: 1 }],
  ] as const)('says %s, and follows from the newest offset on', async (reason, position) => {
    await using layer = await startLayer({ limits: { entriesPerSession: 5, undelivered: 1 } });
    const { client, welcome } = await TestClient.greet(layer.port);
    for (let n = 1; n <= 9; n += 1) await client.message(`m${n}`);
    const { session, epoch } = welcome;
    const resumed = await TestClient.greet(layer.port, { session, epoch, ...position });
    const offset = reason === 'unknown-session' ? 0 : 9;
    expect(resumed.welcome).toMatchObject({ recovered: false, reason, offset });
    expect(await resumed.client.message('after')).toBe(offset + 1);
    await resumed.client.entries(1);
    expect(resumed.client.offsets).toEqual([offset + 1]);
  });

  it('keeps an unknown session by the name that the client gave it', async () => {
    await using layer = await startLayer();
    const first = await TestClient.greet(layer.port, { session: 'mine' });
    expect(first.welcome).toMatchObject({ session: 'mine', recovered: false, reason: 'unknown-session' });
    const { epoch } = first.welcome;
    const second = await TestClient.greet(layer.port, { session: 'mine', epoch, after: 0 });
    expect(second.welcome).toMatchObject({ session: 'mine', epoch, recovered: true });
  });

  it("continues a probe's session without having written it", async () => {
    await using layer = await startLayer();
    const probe = { kind: 'probe', events: 'own' } as const;
    const { client, welcome } = await TestClient.greet(layer.port, probe);
    await client.end();
    const { session, epoch } = welcome;
    const again = await TestClient.greet(layer.port, { ...probe, session, epoch, after: 0 });
    expect(again.welcome).toMatchObject({ session, epoch, recovered: true });
    const health = await (await fetch(`http://127.0.0.1:${layer.port}/health`)).json();
    expect(health).toMatchObject({ sessions: 0, connections: 1 });
  });
});

describe('messages', () => {
  it('that are sent again are stored once and acknowledged with the first offset', async () => {
    await using layer = await startLayer();
    const { client, welcome } = await TestClient.greet(layer.port);
    await client.message('m1');
    await client.message('m2');
    await client.end();
    const { session, epoch } = welcome;
    const resumed = await TestClient.greet(layer.port, { session, epoch, after: 2 });
    expect(await resumed.client.message('m1', 'changed')).toBe(1);
    expect(await resumed.client.message('m3')).toBe(3);
    await resumed.client.entries(1);
    expect(resumed.client.offsets).toEqual([3]);
    const metrics = await layer.registry.metrics();
    expect(metrics).toContain('openclaw_session_messages_total{result="duplicate"} 1');
    expect(metrics).toContain('openclaw_session_resumes_total{recovered="true"} 1');
  });

  it('of several connections of a session are seen by all in the same order', async () => {
    await using layer = await startLayer();
    const { client: one, welcome } = await TestClient.greet(layer.port);
    const { session } = welcome;
    const { client: two } = await TestClient.greet(layer.port, { session });
    const { client: three } = await TestClient.greet(layer.port, { session });
    for (let n = 0; n < 50; n += 1) {
      for (const [name, client] of Object.entries({ one, two, three })) {
        client.send({ type: 'message', id: `${name}-${n}`, body: n });
      }
    }
    const seen = await Promise.all([one, two, three].map((client) => client.entries(150)));
    const order = seen.map((entries) => entries.map(({ offset, id }) => `${offset} ${id}`));
    expect(order[0]?.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    expect(order[1]).toEqual(order[0]);
    expect(order[2]).toEqual(order[0]);
  });
});

describe('the layer', () => {
  it('closes with 1001, keeps everything, and is the same after a restart', async () => {
    await using first = await startLayer();
    const { client, welcome } = await TestClient.greet(first.port);
    await client.message('m1');
    client.send({ type: 'message', id: 'm2', body: 2 });
    await client.arrival('ack', 'm2');
    await first.close();
    expect(await client.closure()).toBe(1001);
    await using second = await startLayer({ home: first.home });
    const { session, epoch } = welcome;
    const resumed = await TestClient.greet(second.port, { session, epoch, after: 0 });
    expect(resumed.welcome).toMatchObject({ epoch, offset: 2, recovered: true });
    await resumed.client.entries(2);
  });

  it('answers health, readiness and metrics without a token, and nothing else', async () => {
    await using layer = await startLayer();
    const get = (path: string) => fetch(`http://127.0.0.1:${layer.port}${path}`);
    expect(await (await get('/health')).json()).toMatchObject({
      status: 'degraded',
      degraded: [expect.stringContaining('gateway')],
      layer: 'session',
      links: { gateway: { reachable: false, lastEvent: 0 } },
    });
    expect((await get('/ready')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('openclaw_session_rejections_total{reason="bad-frame"} 0');
    expect((await get('/ws')).status).toBe(426);
    expect((await get('/anything')).status).toBe(401);
  });

  it('refuses upgrades elsewhere and beyond its limit', async () => {
    await using layer = await startLayer({ limits: { connections: 1 } });
    await TestClient.greet(layer.port);
    const beyond = new TestClient(layer.port);
    expect(await beyond.closure()).toBe(1006);
    expect(await layer.registry.metrics()).toContain('rejections_total{reason="too-many-connections"} 1');
    const elsewhere = await fetch(`http://127.0.0.1:${layer.port}/elsewhere`, {
      headers: { authorization: `Bearer ${testToken}` },
    });
    expect(elsewhere.status).toBe(404);
  });

  it('lets a session have so many connections: the oldest makes room', async () => {
    await using layer = await startLayer({ limits: { connectionsPerSession: 2 } });
    const { client: oldest, welcome } = await TestClient.greet(layer.port);
    const { session } = welcome;
    const { client: second } = await TestClient.greet(layer.port, { session });
    await TestClient.greet(layer.port, { session });
    expect(await oldest.closure()).toBe(4409);
    expect(await second.message('m')).toBe(1);
    await until(async () => (await layer.registry.metrics()).includes('openclaw_session_connections 2'), 'the gauge');
  });
});
