import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';

describe('timeout', () => {
  it('discards what comes and closes after its time, without any bytes too', async () => {
    await using on = await proxied([toxic('timeout', { timeout: 200 })]);
    const elapsed = stopwatch();
    const { client } = await on.open();
    expect(await client.ended).toBe('fin');
    expect(elapsed()).toBeGreaterThanOrEqual(200);
    expect(client.received).toHaveLength(0);
  });

  it('of 0 never closes; the other direction goes on; its removal closes', async () => {
    await using on = await proxied([toxic('timeout', { timeout: 0 })]);
    const { client, server } = await on.open();
    server.write('lost');
    client.write('question');
    expect((await server.bytes(8)).toString()).toBe('question');
    await on.proxy.toxics.remove('timeout_downstream');
    expect(await client.ended).toBe('fin');
    expect(await server.ended).toBe('fin');
    expect(client.received).toHaveLength(0);
  });

  it('passes the end of the stream', async () => {
    await using on = await proxied([toxic('timeout', { timeout: 0 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    client.socket.end('lost');
    expect(await server.ended).toBe('fin');
    expect(server.received).toHaveLength(0);
  });

  it('can be given a time while connections are open', async () => {
    await using on = await proxied([toxic('timeout', { timeout: 0 })]);
    const { client } = await on.open();
    const elapsed = stopwatch();
    await on.proxy.toxics.update('timeout_downstream', { attributes: { timeout: 150 } });
    expect(await client.ended).toBe('fin');
    expect(elapsed()).toBeGreaterThanOrEqual(150);
  });
});
