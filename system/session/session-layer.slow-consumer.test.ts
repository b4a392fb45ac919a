import { describe, expect, it } from 'vitest';
import { startLayer } from './testing/session-fixture.ts';
import { TestClient, until } from './testing/test-client.ts';

const rejected = 'openclaw_session_rejections_total{reason="slow-consumer"} 1';

describe('a consumer that does not keep up', () => {
  it('is closed with 4413, the others are not held up, and it finds everything when it resumes', async () => {
    const limits = { bufferedBytes: 1024 * 1024, closeGraceMs: 30_000 };
    await using layer = await startLayer({ heartbeatMs: 20_000, limits });
    const { client: slow, welcome } = await TestClient.greet(layer.port);
    const { session, epoch } = welcome;
    const { client: writer } = await TestClient.greet(layer.port, { session });
    slow.socket.pause();
    let written = 0;
    while (!(await layer.registry.metrics()).includes(rejected)) {
      expect(written, 'messages of 900 kB, of which the kernel holds some').toBeLessThan(60);
      written = await writer.message(`m${written + 1}`, 'x'.repeat(900_000));
    }
    written = await writer.message('missed');
    slow.socket.resume();
    expect(await slow.closure()).toBe(4413);
    expect(slow.of('error')).toMatchObject([{ code: 'slow-consumer', message: expect.stringContaining('resume') }]);
    expect(slow.offsets).toEqual(slow.offsets.map((_, index) => index + 1));
    expect(slow.offsets.length).toBeLessThan(written);
    const resumed = await TestClient.greet(layer.port, { session, epoch, after: slow.offsets.length });
    expect(resumed.welcome.recovered).toBe(true);
    await resumed.client.entries(written - slow.offsets.length);
    expect([...slow.offsets, ...resumed.client.offsets]).toEqual(Array.from({ length: written }, (_, i) => i + 1));
    expect(writer.closed).toBeUndefined();
  });

  it('is not one that has much to replay: that goes at its own pace', async () => {
    const limits = { bufferedBytes: 1024 * 1024, pageBytes: 100_000 };
    await using layer = await startLayer({ heartbeatMs: 20_000, limits });
    const { client: writer, welcome } = await TestClient.greet(layer.port);
    for (let n = 1; n <= 30; n += 1) await writer.message(`m${n}`, 'x'.repeat(500_000));
    const { session, epoch } = welcome;
    const { client } = await TestClient.greet(layer.port, { session, epoch, after: 0 });
    client.socket.pause();
    await writer.message('while it replays');
    client.socket.resume();
    await client.entries(31);
    expect(client.offsets).toEqual(Array.from({ length: 31 }, (_, index) => index + 1));
    expect(client.closed).toBeUndefined();
  });

  it('is one that asks without ever reading the answers', async () => {
    await using layer = await startLayer({
      heartbeatMs: 20_000,
      limits: { bufferedBytes: 100_000, closeGraceMs: 100 },
    });
    const { client } = await TestClient.greet(layer.port);
    client.socket.pause();
    const id = 'x'.repeat(128);
    await until(async () => {
      for (let n = 0; n < 2000; n += 1) client.send({ type: 'ping', id });
      return (await layer.registry.metrics()).includes(rejected);
    }, 'the connection to be given up');
  });
});
