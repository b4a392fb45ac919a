import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { TcpProxy } from './proxy.ts';
import { Peer } from './testing/peer.ts';
import { dial, portOf, proxied, toxic } from './testing/proxied.ts';

const options = { name: 'tested', upstream: '127.0.0.1:1', random: Math.random };

describe('listening', () => {
  it('resolves the address, and frees the port when it stops', async () => {
    const proxy = new TcpProxy({ ...options, listen: 'localhost:0' });
    expect(proxy.enabled).toBe(false);
    await proxy.start();
    expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    expect(proxy.enabled).toBe(true);
    await proxy.stop();
    expect(proxy.enabled).toBe(false);
    await expect(dial(portOf(proxy))).rejects.toThrow('ECONNREFUSED');
    await proxy.start();
    (await dial(portOf(proxy))).destroy();
    await proxy.stop();
  });

  it.each([
    ['8.8.8.8:5', 'listen tcp 8.8.8.8:5: bind: cannot assign requested address'],
    ['nowhere', 'listen tcp: address nowhere: missing port in address'],
    ['127.0.0.1:99999', 'listen tcp: address 99999: invalid port'],
  ])('on %s says why not in the words of the original', async (listen, message) => {
    const proxy = new TcpProxy({ ...options, listen });
    await expect(proxy.start()).rejects.toThrow(message);
    expect(proxy.enabled).toBe(false);
  });

  it('on a port in use says so', async () => {
    await using on = await proxied();
    const proxy = new TcpProxy({ ...options, listen: on.proxy.listen });
    await expect(proxy.start()).rejects.toThrow(`listen tcp ${on.proxy.listen}: bind: address already in use`);
  });

  it('closes open connections when it stops, and keeps its toxics', async () => {
    await using on = await proxied([toxic('latency', { latency: 60_000 })]);
    const { client, server } = await on.open();
    client.write('open');
    await server.bytes(4);
    await on.proxy.stop();
    expect(await Promise.all([client.ended, server.ended])).toEqual(['fin', 'fin']);
    expect(on.proxy.toxics.list()).toHaveLength(1);
  });
});

describe('updating', () => {
  it('another upstream drops connections and serves the next ones', async () => {
    await using on = await proxied();
    await using other = await proxied();
    const { client } = await on.open();
    const before = on.proxy.listen;
    await on.proxy.update({ upstream: other.proxy.listen });
    expect(await client.ended).toBe('fin');
    expect(on.proxy.listen).toBe(before);
    expect(on.proxy.upstream).toBe(other.proxy.listen);
  });

  it('the same listen and upstream change nothing', async () => {
    await using on = await proxied();
    const { client, server } = await on.open();
    await on.proxy.update({ listen: on.proxy.listen, upstream: on.proxy.upstream });
    server.write('on');
    expect((await client.bytes(2)).toString()).toBe('on');
  });

  it('that fails leaves it disabled', async () => {
    await using on = await proxied();
    await expect(on.proxy.update({ listen: '8.8.8.8:5' })).rejects.toThrow('cannot assign requested address');
    expect(on.proxy.enabled).toBe(false);
    expect(on.proxy.listen).toBe('8.8.8.8:5');
  });
});

describe('connections', () => {
  it.each(['127.0.0.1:1', 'no address', '127.0.0.1:99999'])(
    'to a dead upstream (%s) are accepted, then closed',
    async (upstream) => {
      const proxy = new TcpProxy({ ...options, listen: '127.0.0.1:0', upstream });
      await proxy.start();
      const client = new Peer(await dial(portOf(proxy)));
      expect(await client.ended).toBe('fin');
      await proxy.stop();
    },
  );

  it('have no half-closed state: a client that ends loses the answer', async () => {
    const upstream = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => {}).on('end', () => setTimeout(() => socket.end('answer'), 100));
      socket.resume();
    });
    await once(upstream.listen(0, '127.0.0.1'), 'listening');
    const { port } = upstream.address() as AddressInfo;
    const proxy = new TcpProxy({ ...options, listen: '127.0.0.1:0', upstream: `127.0.0.1:${port}` });
    await proxy.start();
    const client = new Peer(await dial(portOf(proxy)));
    client.socket.end('question');
    expect(await client.ended).toBe('fin');
    expect(client.received).toHaveLength(0);
    await proxy.stop();
    upstream.close();
  });

  it('beyond the limit are closed, and there is room again when one ends', async () => {
    await using on = await proxied();
    const proxy = new TcpProxy({ ...options, listen: '127.0.0.1:0', upstream: on.proxy.listen, maxConnections: 1 });
    await proxy.start();
    const first = new Peer(await dial(portOf(proxy)));
    const second = new Peer(await dial(portOf(proxy)));
    expect(await second.ended).toMatch(/fin|rst/);
    first.socket.destroy();
    const later = async () => {
      const peer = new Peer(await dial(portOf(proxy)));
      return await Promise.race([peer.ended, new Promise((resolve) => setTimeout(resolve, 200, 'open'))]);
    };
    await expect.poll(later, { timeout: 15_000 }).toBe('open');
    await proxy.stop();
  });

  it('report the bytes of each direction when they have ended', async () => {
    await using on = await proxied([toxic('limit_data', { bytes: 4 })]);
    const { client, server } = await on.open();
    client.write('question');
    await server.bytes(8);
    expect(on.traffic).toEqual([]);
    server.write('0123456789');
    await client.ended;
    await expect.poll(() => on.traffic, { timeout: 15_000 }).toHaveLength(2);
    expect(on.traffic).toContainEqual({ direction: 'upstream', received: 8, sent: 8 });
    expect(on.traffic).toContainEqual({ direction: 'downstream', received: 10, sent: 4 });
  });
});
