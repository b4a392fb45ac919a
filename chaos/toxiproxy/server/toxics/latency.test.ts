import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { proxied, stopwatch, toxic } from '../testing/proxied.ts';

/** Longer than a test may take: what waits for this does not come. */
const forever = 60_000;

describe('latency', () => {
  it('delays bytes of its direction only', async () => {
    await using on = await proxied([toxic('latency', { latency: 300 }, { direction: 'upstream' })]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    client.write('up');
    await server.bytes(2);
    expect(elapsed()).toBeGreaterThanOrEqual(300);
    await on.proxy.toxics.update('latency_upstream', { attributes: { latency: forever } });
    server.write('down');
    expect(await client.bytes(4)).toEqual(Buffer.from('down'));
  });

  it('counts from the arrival of each chunk and adds up along the chain', async () => {
    await using on = await proxied([
      toxic('latency', { latency: 150 }, { name: 'one' }),
      toxic('latency', { latency: 150 }, { name: 'two' }),
    ]);
    const { client, server } = await on.open();
    const elapsed = stopwatch();
    server.write('x');
    await client.bytes(1);
    expect(elapsed()).toBeGreaterThanOrEqual(300);
  });

  it('keeps the order, whatever jitter draws', async () => {
    let draws = 0;
    const falling = () => 0.99 - (draws++ % 10) / 10;
    await using on = await proxied([toxic('latency', { latency: 50, jitter: 50 })], falling);
    const { client, server } = await on.open();
    for (const digit of '0123456789') {
      server.write(digit);
      await sleep(2);
    }
    expect((await client.bytes(10)).toString()).toBe('0123456789');
  });

  it('delays neither connecting nor closing', async () => {
    await using on = await proxied([
      toxic('latency', { latency: forever }),
      toxic('latency', { latency: forever }, { direction: 'upstream' }),
    ]);
    const { client, server } = await on.open();
    client.socket.end();
    expect(await server.ended).toBe('fin');
  });

  it.each([
    ['removed', (name: string) => ({ remove: name })],
    ['made not to apply', (name: string) => ({ update: name })],
  ])('lets go of everything, in order, when it is %s', async (_, how) => {
    await using on = await proxied([toxic('latency', { latency: forever })]);
    const { client, server } = await on.open();
    for (const digit of '0123456789') {
      server.write(digit);
      await sleep(2);
    }
    server.socket.end();
    // Until the proxy has it all, the end included.
    await sleep(200);
    const { remove, update } = how('latency_downstream') as { remove?: string; update?: string };
    if (remove !== undefined) await on.proxy.toxics.remove(remove);
    if (update !== undefined) await on.proxy.toxics.update(update, { toxicity: 0 });
    expect((await client.bytes(10)).toString()).toBe('0123456789');
    expect(await client.ended).toBe('fin');
  });

  it('follows an update on an open connection', async () => {
    await using on = await proxied([toxic('latency', { latency: forever })]);
    const { client, server } = await on.open();
    await on.proxy.toxics.update('latency_downstream', { attributes: { latency: 200 } });
    const elapsed = stopwatch();
    server.write('x');
    await client.bytes(1);
    expect(elapsed()).toBeGreaterThanOrEqual(200);
  });
});
