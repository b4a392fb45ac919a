/** Several toxics on one link: their order, and their toxicity. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Cases, Rig, ToxicInput } from '../rig.ts';

const latency = (ms: number, name = 'latency'): ToxicInput => ({ type: 'latency', name, attributes: { latency: ms } });
const reset: ToxicInput = { type: 'reset_peer', name: 'reset' };
const limit = (bytes: number): ToxicInput => ({ type: 'limit_data', name: 'limit', attributes: { bytes } });
const far = 12_000;

/** How many of `connections` an upstream reset_peer of this toxicity hit. */
async function hits(rig: Rig, toxicity: number, connections: number): Promise<number> {
  const upstream = await rig.upstream();
  const proxy = await rig.proxy({ upstream: upstream.address });
  await rig.toxic(proxy, { ...reset, stream: 'upstream', toxicity });
  const outcomes = Array.from({ length: connections }, async () => {
    const client = await rig.connect(proxy);
    client.write('.');
    return client.receives(1).then(
      () => 0,
      () => 1,
    );
  });
  return (await Promise.all(outcomes)).reduce<number>((sum, hit) => sum + hit, 0);
}

export const chains: Cases = {
  'a chain works in the order of adding: latency, then reset': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [latency(500), reset] });
    const sent = server.write('hello');
    const ending = await client.ending();
    expect(ending.how).toBe('rst');
    expect(ending.at - sent).toBeGreaterThanOrEqual(499);
  },

  'a chain works in the order of adding: reset, then latency': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [reset, latency(far)] });
    const sent = server.write('hello');
    const ending = await client.ending();
    expect(ending.how).toBe('rst');
    expect(ending.at - sent).toBeLessThan(far - 1_000);
  },

  'a limit before latency still delays what it lets through, and FIN comes after': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [limit(3), latency(300)] });
    const sent = server.write('hello');
    const ending = await client.ending();
    expect(ending.at - sent).toBeGreaterThanOrEqual(299);
    expect(client.text).toBe('hel');
  },

  'latency counts from the arrival at the proxy, however long the toxic before held the bytes': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const stall = await rig.toxic(proxy, { type: 'bandwidth', attributes: { rate: 0 } });
    await rig.toxic(proxy, latency(3_000));
    server.write('held');
    await client.staysSilent(2_900);
    const released = performance.now();
    await rig.patch(stall, { attributes: { rate: 1_000 } });
    expect((await client.receives(4)) - released).toBeLessThan(2_800);
  },

  'all toxics that lose nothing in one chain lose nothing': async (rig) => {
    const each: ToxicInput[] = [
      latency(20),
      { type: 'bandwidth', attributes: { rate: 2_000 } },
      { type: 'slicer', attributes: { average_size: 4_000, size_variation: 1_000, delay: 10 } },
      { type: 'noop' },
      { type: 'slow_close', attributes: { delay: 100 } },
    ];
    const both = each.flatMap((toxic) => [
      { ...toxic, name: `${toxic.type}_up`, stream: 'upstream' as const },
      { ...toxic, name: `${toxic.type}_down` },
    ]);
    const { client, server } = await rig.pair({ echo: false, toxics: both });
    const data = randomBytes(300_000);
    server.write(data);
    client.write(data);
    await server.receives(data.length);
    await client.receives(data.length);
    server.end();
    expect((await client.ending()).how).toBe('fin');
    expect(data.equals(client.bytes) && data.equals(server.bytes)).toBe(true);
  },

  'toxicity 0 hits none, 1 hits all, between some': async (rig) => {
    // All 40 alike at 0.5: once in 5 x 10^11.
    const [none, some, all] = await Promise.all([hits(rig, 0, 20), hits(rig, 0.5, 40), hits(rig, 1, 20)]);
    expect(none).toBe(0);
    expect(all).toBe(20);
    expect(some).toBeGreaterThan(0);
    expect(some).toBeLessThan(40);
  },
};
