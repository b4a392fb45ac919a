/** Messages on their way to the gateway: accepted while it is away, delivered later, in order, and the clients are told. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeGateway } from './testing/fake-gateway.ts';
import { type StartedLayer, startLayer } from './testing/session-fixture.ts';
import { TestClient, testToken, until } from './testing/test-client.ts';

let gateway: FakeGateway;
beforeEach(() => {
  gateway = new FakeGateway(testToken);
});
afterEach(() => gateway.stop());

const ids = () => gateway.messages.map(({ id }) => id);
const delivered = (count: number) => until(() => gateway.messages.length >= count, `${count} messages at the gateway`);
const metric = (layer: StartedLayer, text: string) =>
  until(
    async () => (await (await fetch(`http://127.0.0.1:${layer.port}/metrics`)).text()).includes(text),
    `the metric ${text}`,
  );
const health = async (layer: StartedLayer) =>
  (await (await fetch(`http://127.0.0.1:${layer.port}/health`)).json()) as { degraded: string[]; undelivered: number };

describe('messages', () => {
  it('reach the gateway as they were sent, and the client is told how far', async () => {
    await gateway.start();
    await using layer = await startLayer({ gatewayUrl: gateway.url });
    await metric(layer, 'openclaw_gateway_reachable{layer="session"} 1');
    const { client, welcome } = await TestClient.greet(layer.port);
    expect(welcome.degraded).toBe(false);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    client.send({ type: 'message', id: 'm1', body: { text: 'ä' }, traceparent });
    expect(await client.arrival('ack', 'm1')).toMatchObject({ offset: 1, traceparent });
    expect(await client.arrival('entry', 'm1')).toMatchObject({ traceparent });
    expect(await client.arrival('delivered')).toEqual({ type: 'delivered', offset: 1 });
    const { session, epoch } = welcome;
    expect(gateway.messages).toMatchObject([{ session, epoch, offset: 1, id: 'm1', body: { text: 'ä' }, traceparent }]);
    await metric(layer, 'openclaw_session_deliveries_total{result="delivered"} 1');
    expect(client.of('status')).toEqual([]);
  });

  it('are accepted while the gateway is away, survive a restart, and are delivered in order when it is back', async () => {
    await gateway.start();
    await gateway.stop();
    await using first = await startLayer({ gatewayUrl: gateway.url });
    const { client, welcome } = await TestClient.greet(first.port);
    expect(welcome.degraded).toBe(true);
    for (let n = 1; n <= 20; n += 1) await client.message(`m${n}`);
    await metric(first, 'openclaw_session_undelivered 20');
    expect(await health(first)).toMatchObject({ undelivered: 20, degraded: [expect.stringContaining('gateway')] });
    await first.close();

    await using second = await startLayer({ home: first.home, gatewayUrl: gateway.url });
    const { session, epoch } = welcome;
    const resumed = await TestClient.greet(second.port, { session, epoch, after: 20 });
    const told = await resumed.client.arrival('status');
    expect(told).toMatchObject({ degraded: true, undelivered: 20, reason: expect.stringContaining('gateway') });
    await resumed.client.message('m21');
    await gateway.start();
    await delivered(21);
    expect(ids()).toEqual(Array.from({ length: 21 }, (_, index) => `m${index + 1}`));
    await until(() => resumed.client.of('delivered').at(-1)?.offset === 21, 'the client to be told of the last one');
    await until(() => resumed.client.of('status').at(-1)?.degraded === false, 'the client to be told that all is well');
    await metric(second, 'openclaw_session_undelivered 0');
  });

  it('wait for a gateway that is older and has no place for them, and for one that fails', async () => {
    await gateway.start();
    const answers = [404, 503];
    gateway.verdict = () => answers.shift() ?? 200;
    await using layer = await startLayer({ gatewayUrl: gateway.url });
    const { client } = await TestClient.greet(layer.port);
    await client.message('m1');
    await until(async () => (await health(layer)).degraded.some((text) => text.includes('404')), 'the layer to say so');
    await client.message('m2');
    await delivered(2);
    expect(ids()).toEqual(['m1', 'm2']);
    await until(async () => (await health(layer)).degraded.length === 0, 'the layer to be well');
  });

  it('that the gateway refuses hold up no others, and are counted', async () => {
    await gateway.start();
    gateway.verdict = (messages) => (messages.some(({ id }) => id === 'bad') ? 400 : 200);
    await gateway.stop();
    await using layer = await startLayer({ gatewayUrl: gateway.url });
    const { client } = await TestClient.greet(layer.port);
    for (const id of ['m1', 'bad', 'm2']) await client.message(id);
    await gateway.start();
    await delivered(2);
    expect(ids()).toEqual(['m1', 'm2']);
    await metric(layer, 'openclaw_session_deliveries_total{result="refused"} 1');
    await client.message('m3');
    await delivered(3);
    expect(await client.entries(4)).toHaveLength(4);
  });

  it('go in batches that the gateway can take, and each at least once when answers are lost', async () => {
    await gateway.start();
    await gateway.stop();
    await using layer = await startLayer({ gatewayUrl: gateway.url });
    const { client } = await TestClient.greet(layer.port);
    for (let n = 1; n <= 6; n += 1) await client.message(`big${n}`, 'x'.repeat(300_000));
    let lost = 0;
    gateway.verdict = (messages) => {
      expect(JSON.stringify(messages).length).toBeLessThan(1024 * 1024);
      if (lost > 0) return 200;
      lost += 1;
      // Taken, but the answer never says so.
      gateway.messages.push(...messages);
      return 500;
    };
    await gateway.start();
    await until(() => ids().includes('big6'), 'the last one');
    const order = ids().filter((id, index, all) => all.indexOf(id) === index);
    expect(order).toEqual(Array.from({ length: 6 }, (_, index) => `big${index + 1}`));
    expect(gateway.batches).toBeGreaterThan(3);
  });
});
