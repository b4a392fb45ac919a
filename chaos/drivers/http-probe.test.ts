import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { httpProbe } from './http-probe.ts';

describe('an HTTP probe', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    for (const server of servers.splice(0)) server.close();
  });

  async function answering(...parts: string[]): Promise<string> {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.once('data', async () => {
        for (const part of parts) {
          socket.write(part);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        if (parts.length > 0) socket.end();
      });
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const probe = (address: string, deadlineMs = 2000) => httpProbe({ address, path: '/health', deadlineMs });

  it('asks not to be traced: it is nobody', async () => {
    const asked = Promise.withResolvers<string>();
    const server = createServer((socket) => socket.once('data', (data) => asked.resolve(String(data))));
    servers.push(server);
    server.on('connection', (socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    void probe(`127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await asked.promise).toMatch(/\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-00\r\n/);
  });

  it.each([
    ['whole', ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'], true, undefined],
    ['in pieces', ['HTTP/1.1 20', '0 OK\r\nContent-Length: 4\r\n', '\r\nab', 'cd'], true, undefined],
    ['until the end', ['HTTP/1.1 200 OK\r\n\r\nall of it'], true, undefined],
    ['cut short', ['HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'], false, 'closed in the middle of the answer'],
    ['of another status', ['HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n'], false, 'status 503'],
    ['not HTTP', ['SSH-2.0-x\r\n\r\n'], false, 'status 0'],
    ['empty', [''], false, 'closed without an answer'],
  ])('judges an answer that is %s', async (_, parts, good, detail) => {
    expect(await probe(await answering(...parts))).toEqual({ good, ...(detail !== undefined && { detail }) });
  });

  it('says when the deadline ended it', async () => {
    expect(await probe(await answering(), 100)).toMatchObject({ good: false, timedOut: true });
  });

  it('says that it was refused, at once', async () => {
    const address = await answering();
    await new Promise((resolve) => servers.pop()?.close(resolve));
    expect(await probe(address)).toEqual({ good: false, detail: 'ECONNREFUSED' });
  });
});
