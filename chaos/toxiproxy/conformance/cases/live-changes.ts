/** Toxics that are added, changed and removed while connections are open and bytes are on their way. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cases, Pair, ToxicInput } from '../rig.ts';

const latency = (ms: number, name = 'latency'): ToxicInput => ({ type: 'latency', name, attributes: { latency: ms } });
const limit = (bytes: number): ToxicInput => ({ type: 'limit_data', name: 'limit', attributes: { bytes } });
/** Longer than any of these cases takes. */
const far = 12_000;

/** `change` again and again while 2 MB are echoed, and they come back whole. */
async function expectWhole({ client }: Pair, change: () => Promise<void>): Promise<void> {
  const data = randomBytes(2_000_000);
  const pieces = Array.from({ length: 20 }, (_, index) => data.subarray(index * 100_000, (index + 1) * 100_000));
  let sending = true;
  const changes = (async () => {
    while (sending) await change();
  })();
  for (const piece of pieces) {
    client.write(piece);
    await sleep(15);
  }
  sending = false;
  await changes;
  await client.receives(data.length);
  expect(data.equals(client.bytes)).toBe(true);
}

export const liveChanges: Cases = {
  'toxicity can be changed on an open connection': async (rig) => {
    const { proxy, client } = await rig.pair();
    const path = await rig.toxic(proxy, { ...limit(0), toxicity: 0 });
    client.write('hello');
    await client.receives(5);
    await rig.patch(path, { toxicity: 1 });
    client.write('again');
    await client.ending();
    expect(client.text).toBe('hello');
  },

  'a toxic that is added acts on open connections': async (rig) => {
    const { proxy, client } = await rig.pair();
    client.write('before');
    await client.receives(6);
    await rig.toxic(proxy, latency(300));
    const sent = client.write('after');
    expect((await client.receives(11)) - sent).toBeGreaterThanOrEqual(299);
  },

  'a toxic that is changed acts on open connections': async (rig) => {
    const { proxy, client } = await rig.pair();
    const path = await rig.toxic(proxy, latency(0));
    await rig.patch(path, { attributes: { latency: 300 } });
    const sent = client.write('hello');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(299);
    await rig.patch(path, { attributes: { latency: 0 } });
    client.write('again');
    await client.receives(10);
  },

  'latency that is removed lets go at once what it held, in order': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, latency(far));
    const sent = server.write('first');
    for (const word of [' second', ' third']) {
      await client.staysSilent(50);
      server.write(word);
    }
    await client.staysSilent(100);
    await rig.remove(path);
    expect((await client.receives(18)) - sent).toBeLessThan(far - 1_000);
    expect(client.text).toBe('first second third');
    server.write(' fourth');
    await client.receives(25);
  },

  'latency that is changed lets go the chunk that it held, and delays the next': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false });
    const path = await rig.toxic(proxy, latency(far));
    server.write('first');
    await client.staysSilent(100);
    await rig.patch(path, { attributes: { latency: 300 } });
    await client.receives(5);
    const sent = server.write('second');
    expect((await client.receives(11)) - sent).toBeGreaterThanOrEqual(299);
  },

  'adding a toxic lets go the chunk that the last one held': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [latency(far)] });
    const sent = server.write('held');
    await client.staysSilent(100);
    await rig.toxic(proxy, { type: 'noop' });
    expect((await client.receives(4)) - sent).toBeLessThan(far - 1_000);
  },

  'removing a toxic lets go the chunk that the one before it held': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [latency(far), { type: 'noop' }] });
    const sent = server.write('held');
    await client.staysSilent(100);
    await rig.remove(`/proxies/${proxy.name}/toxics/noop_downstream`);
    expect((await client.receives(4)) - sent).toBeLessThan(far - 1_000);
  },

  'toxics of one stream leave the other alone': async (rig) => {
    const { proxy, client, server } = await rig.pair({ echo: false, toxics: [latency(far)] });
    const sent = server.write('held');
    await client.staysSilent(50);
    const path = await rig.toxic(proxy, { type: 'noop', stream: 'upstream' });
    await rig.patch(path, { toxicity: 0 });
    await rig.remove(path);
    client.write('hello');
    await server.receives(5);
    await client.staysSilent(100);
    expect(performance.now() - sent).toBeLessThan(far);
  },

  'a toxic in the middle of a chain can be removed, the others stay': async (rig) => {
    const toxics = [latency(100, 'one'), latency(far, 'two'), latency(100, 'three')];
    const { proxy, client } = await rig.pair({ echo: true, toxics });
    await rig.remove(`/proxies/${proxy.name}/toxics/two`);
    const sent = client.write('hello');
    const took = (await client.receives(5)) - sent;
    expect(took).toBeGreaterThanOrEqual(198);
    expect(took).toBeLessThan(far - 1_000);
  },

  'bytes stay whole while toxics are added and removed': async (rig) => {
    const pair = await rig.pair();
    await expectWhole(pair, async () => {
      const path = await rig.toxic(pair.proxy, latency(5));
      await rig.remove(path);
    });
  },

  'bytes stay whole while a toxic changes': async (rig) => {
    const toxic: ToxicInput = { type: 'slicer', attributes: { average_size: 5_000, size_variation: 100, delay: 100 } };
    const pair = await rig.pair({ echo: true, toxics: [toxic] });
    let size = 0;
    await expectWhole(pair, async () => {
      size = (size + 1_000) % 7_000;
      await rig.patch(`/proxies/${pair.proxy.name}/toxics/slicer_downstream`, {
        attributes: { average_size: size + 3_000 },
      });
    });
  },

  'a link that ended is no obstacle to adding, changing and removing': async (rig) => {
    const { proxy, client } = await rig.pair({ echo: true, toxics: [limit(0)] });
    client.write('hello');
    await client.ending();
    const path = await rig.toxic(proxy, latency(0));
    await rig.patch(path, { toxicity: 0.5 });
    await rig.remove(path);
    await rig.remove(`/proxies/${proxy.name}/toxics/limit`);
    const next = await rig.connect(proxy);
    next.write('hello');
    await next.receives(5);
  },
};
