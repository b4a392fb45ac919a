/** latency: each chunk so much after it came, in order; neither connect nor FIN. Timers may be early by a millisecond. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Cases } from '../rig.ts';

const latency = (ms: number, jitter = 0) => ({ type: 'latency', attributes: { latency: ms, jitter } });

export const latencies: Cases = {
  'latency delays what goes downstream': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [latency(150)] });
    const sent = client.write('hello');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(149);
  },

  'latency downstream does not delay what goes upstream': async (rig) => {
    const { client, server } = await rig.pair({ echo: true, toxics: [latency(1_500)] });
    client.write('hello');
    const [came, back] = await Promise.all([server.receives(5), client.receives(5)]);
    expect(back - came).toBeGreaterThanOrEqual(1_000);
  },

  'latency upstream delays what goes upstream only': async (rig) => {
    const toxic = { ...latency(1_500), stream: 'upstream' as const };
    const { client, server } = await rig.pair({ echo: false, toxics: [toxic] });
    const sent = client.write('hello');
    server.write('welcome');
    const [came, welcomed] = await Promise.all([server.receives(5), client.receives(7)]);
    expect(came - sent).toBeGreaterThanOrEqual(1_499);
    expect(came).toBeGreaterThan(welcomed);
  },

  'latency of both streams adds up': async (rig) => {
    const toxics = [latency(100), { ...latency(150), stream: 'upstream' as const }];
    const { client } = await rig.pair({ echo: true, toxics });
    const sent = client.write('hello');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(248);
  },

  'two latencies in a chain add up': async (rig) => {
    const toxics = [latency(100), { ...latency(150), name: 'second' }];
    const { client } = await rig.pair({ echo: true, toxics });
    const sent = client.write('hello');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(248);
  },

  'latency counts from the arrival of each chunk: chunks do not wait for one another': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [latency(1_000)] });
    const sent: number[] = [];
    for (let index = 0; index < 8; index++) {
      sent.push(server.write('.'));
      await sleep(20);
    }
    const came = await Promise.all(sent.map((_, index) => client.receives(index + 1)));
    for (const [index, at] of came.entries()) expect(at - (sent[index] ?? at)).toBeGreaterThanOrEqual(999);
    // One after the other would be 8 s; the deadline leaves a loaded machine 4.
    expect((came.at(-1) ?? 0) - (sent[0] ?? 0)).toBeLessThan(5_000);
  },

  'jitter keeps to [latency - jitter, latency + jitter) and varies': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    await rig.toxic(proxy, latency(1_000, 900));
    const trips = await Promise.all(
      Array.from({ length: 24 }, async () => {
        const client = await rig.connect(proxy);
        const sent = client.write('.');
        return (await client.receives(1)) - sent;
      }),
    );
    expect(Math.min(...trips)).toBeGreaterThanOrEqual(99);
    // All 24 drawn on one side: less than once in a million.
    expect(Math.min(...trips)).toBeLessThan(1_000);
    expect(Math.max(...trips)).toBeGreaterThan(1_100);
  },

  'jitter keeps the order of bytes': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [latency(30, 30)] });
    const sent = Array.from({ length: 40 }, (_, index) => `${index},`);
    for (const piece of sent) {
      server.write(piece);
      await new Promise(setImmediate);
    }
    await client.receives(sent.join('').length);
    expect(client.text).toBe(sent.join(''));
  },

  'latency does not delay FIN': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [latency(10_000)] });
    const said = server.end();
    expect((await client.ending()).at - said).toBeLessThan(9_000);
  },

  'latency keeps FIN behind the data': async (rig) => {
    const { client, server } = await rig.pair({ echo: false, toxics: [latency(200)] });
    const sent = server.write('last words');
    server.end();
    expect((await client.ending()).at - sent).toBeGreaterThanOrEqual(199);
    expect(client.text).toBe('last words');
  },

  'a negative latency is none': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [latency(-1_000)] });
    client.write('hello');
    await client.receives(5);
  },

  'latency loses nothing of a long stream': async (rig) => {
    const { client } = await rig.pair({ echo: true, toxics: [latency(50, 20)] });
    const sent = randomBytes(1_000_000);
    client.write(sent);
    await client.receives(sent.length);
    expect(sent.equals(client.bytes)).toBe(true);
  },
};
