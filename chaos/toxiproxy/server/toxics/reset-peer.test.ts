import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';

describe('reset_peer', () => {
  it('resets both peers, its time after the first chunk', async () => {
    await using on = await proxied([toxic('reset_peer', { timeout: 200 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    client.write('x');
    expect(await Promise.all([client.ended, server.ended])).toEqual(['rst', 'rst']);
    expect(elapsed()).toBeGreaterThanOrEqual(200);
    expect(server.received).toHaveLength(0);
  });

  it('resets on the end of the stream too', async () => {
    await using on = await proxied([toxic('reset_peer', { timeout: 0 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    client.socket.end();
    expect(await server.ended).toBe('rst');
  });

  it('closes connections that were open before it in the ordinary way', async () => {
    await using on = await proxied();
    const { client, server } = await on.open();
    client.write('open');
    await server.bytes(4);
    await on.proxy.toxics.add(toxic('reset_peer', { timeout: 0 }));
    server.write('x');
    expect(await Promise.all([client.ended, server.ended])).toEqual(['fin', 'fin']);
  });

  it('waits for bytes, and lets them pass once it is removed', async () => {
    await using on = await proxied([toxic('reset_peer', { timeout: 0 })]);
    const { client, server } = await on.open();
    await on.proxy.toxics.remove('reset_peer_downstream');
    server.write('x');
    expect((await client.bytes(1)).toString()).toBe('x');
  });

  it('is removed without waiting, and does what it has begun', async () => {
    await using on = await proxied([toxic('reset_peer', { timeout: 1500 })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    server.write('x');
    let ended = false;
    const ending = client.ended.finally(() => {
      ended = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await on.proxy.toxics.remove('reset_peer_downstream');
    expect(ended).toBe(false);
    server.write('y');
    expect(await ending).toBe('rst');
    expect(elapsed()).toBeGreaterThanOrEqual(1500);
    expect(client.received).toHaveLength(0);
  });

  it('resets every close of a connection that was opened under it, after what was written has gone', async () => {
    await using on = await proxied([toxic('reset_peer', { timeout: 0 }, { toxicity: 0 })]);
    const { client, server } = await on.open();
    client.socket.pause();
    server.socket.end(Buffer.alloc(16 * 1024 * 1024));
    await new Promise((resolve) => setTimeout(resolve, 300));
    client.socket.resume();
    expect(await client.ended).toBe('rst');
    expect(client.received.length).toBeGreaterThan(1024 * 1024);
  });
});
