/** A scrape target for tests: HTTP with a handler that can be exchanged, or raw bytes for what is no HTTP. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface TargetServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  /** Connections that were ever opened. */
  readonly connections: () => number;
}

export interface HttpTarget extends TargetServer {
  handler: RequestListener;
}

export const exposing =
  (body: string, type = 'text/plain; version=0.0.4'): RequestListener =>
  (_request, response) => {
    response.setHeader('content-type', type).end(body);
  };

export async function httpTarget(handler: RequestListener): Promise<HttpTarget> {
  const server = createHttpServer((request, response) => target.handler(request, response));
  // Closed by a test where it wants that, not by a timer.
  server.keepAliveTimeout = 0;
  const target: HttpTarget = { handler, ...(await listening(server)) };
  return target;
}

export function rawTarget(onConnection: (socket: Socket) => void): Promise<TargetServer> {
  return listening(
    createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    }),
  );
}

async function listening(server: Server): Promise<TargetServer> {
  const sockets = new Set<Socket>();
  let opened = 0;
  server.on('connection', (socket: Socket) => {
    opened++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections: () => opened,
    [Symbol.asyncDispose]: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
