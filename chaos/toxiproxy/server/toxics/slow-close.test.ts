import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';

describe('slow_close', () => {
  it('lets bytes pass and delays the end', async () => {
    await using on = await proxied([toxic('slow_close', { delay: 300 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    client.socket.end('bye');
    expect((await server.bytes(3)).toString()).toBe('bye');
    expect(await server.ended).toBe('fin');
    expect(elapsed()).toBeGreaterThanOrEqual(300);
  });

  it('ends at once when it is removed', async () => {
    await using on = await proxied([toxic('slow_close', { delay: 60_000 })]);
    const { client, server } = await on.open();
    server.socket.end('bye');
    await client.bytes(3);
    await on.proxy.toxics.remove('slow_close_downstream');
    expect(await client.ended).toBe('fin');
  });

  it('waits anew when it is updated', async () => {
    await using on = await proxied([toxic('slow_close', { delay: 60_000 })]);
    const { client, server } = await on.open();
    server.socket.end('bye');
    await client.bytes(3);
    const elapsed = stopwatch();
    await on.proxy.toxics.update('slow_close_downstream', { attributes: { delay: 200 } });
    expect(await client.ended).toBe('fin');
    expect(elapsed()).toBeGreaterThanOrEqual(200);
  });
});
