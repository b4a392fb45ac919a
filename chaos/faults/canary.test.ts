import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendCanary } from './canary.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

async function serve(treat: (socket: Socket) => void): Promise<string> {
  server = createServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    treat(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('sendCanary', () => {
  it('sends a request for the path, and tells how it was treated', async () => {
    let heard = '';
    const answering = await serve((socket) => {
      socket.on('data', (data) => {
        heard += data;
        socket.write('x');
      });
    });
    expect(await sendCanary(answering, '/health', 2_000)).toMatchObject({ outcome: 'answered' });
    expect(heard).toMatch(/^GET \/health HTTP\/1\.1\r\n/);
  });

  it('knows silence, a close and a reset from each other', async () => {
    const silent = await serve((socket) => socket.resume());
    const canary = await sendCanary(silent, '/', 150);
    expect(canary.outcome).toBe('silent');
    expect(canary.elapsedMs).toBeGreaterThanOrEqual(149);

    const closing = await serve((socket) => socket.on('data', () => socket.end()));
    expect((await sendCanary(closing, '/', 2_000)).outcome).toBe('closed');

    const resetting = await serve((socket) => socket.on('data', () => socket.resetAndDestroy()));
    expect((await sendCanary(resetting, '/', 2_000)).outcome).toBe('reset');
  });

  it('knows a refusal', async () => {
    const address = await serve(() => {});
    server?.close();
    expect((await sendCanary(address, '/', 2_000)).outcome).toBe('refused');
  });
});
