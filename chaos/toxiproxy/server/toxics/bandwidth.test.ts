import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';
import { bandwidth } from './bandwidth.ts';

describe('bandwidth', () => {
  it('lets bytes through at its rate, in pieces', async () => {
    await using on = await proxied([toxic('bandwidth', { rate: 100 })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    server.write(Buffer.alloc(60_000, 'x'));
    await client.bytes(1);
    const first = elapsed();
    await client.bytes(60_000);
    expect(elapsed()).toBeGreaterThanOrEqual(600);
    expect(elapsed() - first).toBeGreaterThanOrEqual(250);
  });

  it('keeps to its rate over many small chunks', async () => {
    await using on = await proxied([toxic('bandwidth', { rate: 10 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    for (let chunk = 0; chunk < 40; chunk++) {
      client.write(Buffer.alloc(100, chunk));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await server.bytes(4000);
    expect(elapsed()).toBeGreaterThanOrEqual(400);
  });

  it('stalls at 0, loses nothing, and lets go when it is removed', async () => {
    await using on = await proxied([toxic('bandwidth', { rate: 0 })]);
    const { client, server } = await on.open();
    const sent = Buffer.alloc(100_000, 'abc');
    server.write(sent);
    server.socket.end();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(client.received).toHaveLength(0);
    await on.proxy.toxics.remove('bandwidth_downstream');
    expect((await client.bytes(sent.length)).equals(sent)).toBe(true);
    expect(await client.ended).toBe('fin');
  });

  it('is refused with a negative rate, which crashes the original', () => {
    expect(bandwidth.check?.({ rate: -1 })).toContain('rate');
    expect(bandwidth.check?.({ rate: 0 })).toBeUndefined();
  });
});
