/** bandwidth and slicer: how much may have come by when, and that all of it comes. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Peer } from '../peer.ts';
import type { Cases } from '../rig.ts';

const bandwidth = (rate: number) => ({ type: 'bandwidth', attributes: { rate } });
const slicer = (average: number, variation: number, delay: number) => ({
  type: 'slicer',
  attributes: { average_size: average, size_variation: variation, delay },
});

/** At no time more than `first` bytes and `perMs` for each ms since `from`. Load only makes it less. */
function expectPace(peer: Peer, from: number, first: number, perMs: number): void {
  let size = 0;
  for (const { at, bytes } of peer.chunks) {
    size += bytes.length;
    // A timer may be early by a millisecond.
    expect(size).toBeLessThanOrEqual(first + perMs * (at - from + 2));
  }
}

export const pace: Cases = {
  'bandwidth: pieces of rate x 100 bytes, one each 100 ms': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [bandwidth(10)] });
    const data = randomBytes(5_000);
    const sent = server.write(data);
    expect((await client.receives(data.length)) - sent).toBeGreaterThanOrEqual(490);
    expect(data.equals(client.bytes)).toBe(true);
    expectPace(client, sent, 0, 10);
    expect(client.chunks.length).toBeGreaterThan(1);
  },

  'bandwidth: many small writes are paced as one large is': async (rig) => {
    const toxic = { ...bandwidth(5), stream: 'upstream' as const };
    const { client, server } = await rig.pair({ echo: false, toxics: [toxic] });
    const sent = client.write('x'.repeat(100));
    for (let index = 1; index < 20; index++) {
      client.write('x'.repeat(100));
      await new Promise(setImmediate);
    }
    expect((await server.receives(2_000)) - sent).toBeGreaterThanOrEqual(380);
    expectPace(server, sent, 0, 5);
  },

  'bandwidth: each connection has the whole rate': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    await rig.toxic(proxy, bandwidth(10));
    const trips = Array.from({ length: 20 }, async () => {
      const client = await rig.connect(proxy);
      const sent = client.write('x'.repeat(3_000));
      return (await client.receives(3_000)) - sent;
    });
    // 0.3 s each; 6 s if they shared the rate.
    expect(Math.max(...(await Promise.all(trips)))).toBeLessThan(5_500);
  },

  'bandwidth 0 stalls, loses nothing, and lets go when it is removed': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, bandwidth(0));
    const data = randomBytes(300_000);
    server.write(data);
    await client.staysSilent(300);
    await rig.remove(path);
    await client.receives(data.length);
    expect(data.equals(client.bytes)).toBe(true);
  },

  'bandwidth 0 lets go when it gets a rate': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, bandwidth(0));
    const data = randomBytes(20_000);
    server.write(data);
    await client.staysSilent(200);
    await rig.patch(path, { attributes: { rate: 1_000 } });
    await client.receives(data.length);
    expect(data.equals(client.bytes)).toBe(true);
  },

  'bandwidth keeps FIN behind the data': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [bandwidth(10)] });
    const sent = server.write('x'.repeat(3_000));
    server.end();
    expect((await client.ending()).at - sent).toBeGreaterThanOrEqual(290);
    expect(client.bytes.length).toBe(3_000);
  },

  'slicer: halves until pieces are of the average size, and waits after each': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slicer(10, 0, 70_000)] });
    // 64 → 32 → 16 → 8.
    const data = randomBytes(64);
    const sent = server.write(data);
    expect((await client.receives(64)) - sent).toBeGreaterThanOrEqual(7 * 70 - 2);
    expect(data.equals(client.bytes)).toBe(true);
    expectPace(client, sent, 8, 8 / 70);
    for (const { bytes } of client.chunks) expect(bytes.length % 8).toBe(0);
    expect(client.chunks.length).toBeGreaterThan(1);
  },

  'slicer: with a variation no piece is over the average and the variation': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slicer(100, 40, 50_000)] });
    const data = randomBytes(1_500);
    const sent = server.write(data);
    await client.receives(data.length);
    expect(data.equals(client.bytes)).toBe(true);
    expectPace(client, sent, 140, 140 / 50);
    expect(new Set(client.chunks.map((chunk) => chunk.bytes.length)).size).toBeGreaterThan(1);
  },

  'slicer: what is small enough goes in one piece': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slicer(100, 0, 1_000)] });
    server.write('x'.repeat(100));
    await client.receives(100);
    expect(client.chunks.length).toBe(1);
  },

  'slicer loses nothing of a long stream, the end of it included': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [slicer(1_000, 500, 0)] });
    const data = randomBytes(200_000);
    server.write(data);
    server.end();
    expect((await client.ending()).how).toBe('fin');
    expect(data.equals(client.bytes)).toBe(true);
  },

  'noop passes all on': async (rig) => {
    const noops = ['upstream', 'downstream'] as const;
    const { client } = await rig.pair({ echo: true, toxics: noops.map((stream) => ({ type: 'noop', stream })) });
    const data = randomBytes(100_000);
    client.write(data);
    await client.receives(data.length);
    expect(data.equals(client.bytes)).toBe(true);
  },
};
