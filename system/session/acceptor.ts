/** Turns HTTP upgrades at `/ws` into connections, refuses the others, and ends them all at shutdown. */
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { Connection, type ConnectionContext } from './connection.ts';

export const webSocketPath = '/ws';

export class Acceptor {
  readonly #context: ConnectionContext;
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  #draining = false;
  #emptied: () => void = () => {};

  constructor(server: Server, context: ConnectionContext) {
    this.#context = context;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: context.limits.frameBytes,
    });
    server.on('upgrade', (request, wire, head) => this.#upgrade(request, wire, head));
  }

  /** Resolves when every connection has ended: at once, or after the grace that a close frame gives. */
  async close(): Promise<void> {
    this.#draining = true;
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#emptied = resolve;
    for (const connection of this.#connections) connection.shutDown();
    await promise;
  }

  #upgrade(request: IncomingMessage, wire: Duplex, head: Buffer): void {
    wire.on('error', () => wire.destroy());
    const refusal = this.#refusal(request);
    if (refusal !== undefined) {
      wire.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    this.#server.handleUpgrade(request, wire, head, (socket) => {
      const connection = new Connection(socket, wire, this.#context);
      this.#connections.add(connection);
      socket.on('close', () => {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#emptied();
      });
    });
  }

  #refusal(request: IncomingMessage): string | undefined {
    if (request.url?.split('?')[0] !== webSocketPath) return '404 Not Found';
    if (this.#draining) return '503 Service Unavailable';
    if (this.#connections.size < this.#context.limits.connections) return undefined;
    this.#context.instruments.rejected('too-many-connections');
    return '503 Service Unavailable';
  }
}
