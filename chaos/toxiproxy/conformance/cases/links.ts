/** Connections through a proxy without toxics, and how they end. */
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Cases } from '../rig.ts';

export const links: Cases = {
  'bytes of any value go both ways, complete and in order': async (rig) => {
    const { client, server } = await rig.pair();
    const sent = randomBytes(3_000_000);
    client.write(sent);
    await client.receives(sent.length);
    expect(sent.equals(client.bytes)).toBe(true);
    expect(sent.equals(server.bytes)).toBe(true);
  },

  'each connection is a connection of its own': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    const clients = await Promise.all(Array.from({ length: 30 }, () => rig.connect(proxy)));
    for (const [index, client] of clients.entries()) client.write(`${index + 100}`);
    await Promise.all(clients.map((client) => client.receives(3)));
    expect(clients.map((client) => client.text)).toEqual(clients.map((_, index) => `${index + 100}`));
  },

  'the upstream may speak first': async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    server.write('welcome');
    await client.receives(7);
    expect(client.text).toBe('welcome');
  },

  'an upstream by host name': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address.replace('127.0.0.1', 'localhost') });
    const client = await rig.connect(proxy);
    client.write('hello');
    await client.receives(5);
  },

  'a dead upstream: the connection is accepted, then FIN': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: upstream.address });
    await upstream[Symbol.asyncDispose]();
    const client = await rig.connect(proxy);
    expect((await client.ending()).how).toBe('fin');
    expect(client.text).toBe('');
  },

  'an upstream that comes back is served again, with nothing told to the proxy': async (rig) => {
    const upstream = await rig.upstream();
    const proxy = await rig.proxy({ upstream: '127.0.0.1:1' });
    expect((await (await rig.connect(proxy)).ending()).how).toBe('fin');
    await rig.patch(`/proxies/${proxy.name}`, { upstream: upstream.address });
    const client = await rig.connect(proxy);
    client.write('hello');
    await client.receives(5);
  },

  "the upstream's FIN comes after its last byte": async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    server.write(Buffer.alloc(200_000, 'x'));
    server.end();
    expect((await client.ending()).how).toBe('fin');
    expect(client.bytes.length).toBe(200_000);
  },

  "the client's FIN comes after its last byte": async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    client.write(Buffer.alloc(200_000, 'x'));
    client.end();
    expect((await server.ending()).how).toBe('fin');
    expect(server.bytes.length).toBe(200_000);
  },

  "no half-close: after a client's FIN no reply comes, both ends are closed": async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    client.write('question');
    client.end();
    expect((await server.ending()).how).toBe('fin');
    await client.ending();
    server.write('answer');
    await client.staysSilentAfterEnd(200);
    expect(client.text).toBe('');
  },

  "no half-close: after an upstream's FIN nothing more reaches it": async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    server.end();
    expect((await client.ending()).how).toBe('fin');
    client.write('late');
    await server.ending();
    expect(server.text).toBe('');
  },

  "an end's RST is a FIN for the other end": async (rig) => {
    const one = await rig.pair({ echo: false });
    one.client.reset();
    expect((await one.server.ending()).how).toBe('fin');
    const other = await rig.pair({ echo: false });
    other.server.reset();
    expect((await other.client.ending()).how).toBe('fin');
  },

  'a reply that is on its way still comes after the FIN of the client': async (rig) => {
    const toxics = [{ type: 'latency', attributes: { latency: 2_000 } }];
    const { client, server } = await rig.pair({ echo: false, toxics });
    const sent = server.write('reply');
    await client.staysSilent(100);
    client.end();
    expect((await server.ending()).how).toBe('fin');
    expect((await client.receives(5)) - sent).toBeGreaterThanOrEqual(1_999);
    expect((await client.ending()).how).toBe('fin');
  },

  'a request that is on its way still comes after the FIN of the upstream': async (rig) => {
    const toxics = [{ type: 'latency', stream: 'upstream' as const, attributes: { latency: 2_000 } }];
    const { client, server } = await rig.pair({ echo: false, toxics });
    const sent = client.write('request');
    await server.staysSilent(100);
    server.end();
    expect((await client.ending()).how).toBe('fin');
    expect((await server.receives(7)) - sent).toBeGreaterThanOrEqual(1_999);
    expect((await server.ending()).how).toBe('fin');
  },

  'one connection that ends leaves the others': async (rig) => {
    const { proxy, client } = await rig.pair();
    const other = await rig.connect(proxy);
    client.destroy();
    other.write('hello');
    await other.receives(5);
  },

  'a slow reader holds the sender back, and loses nothing': async (rig) => {
    const { client, server } = await rig.pair({ echo: false });
    client.pause();
    const sent = randomBytes(16_000_000);
    server.write(sent);
    await client.staysSilent(300);
    expect(server.unsent).toBeGreaterThan(0);
    client.resume();
    await client.receives(sent.length);
    expect(sent.equals(client.bytes)).toBe(true);
  },
};
