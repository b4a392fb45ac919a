/** Turns HTTP upgrades at `/ws` into connections, some in each turn, refuses the others, and ends them all at shutdown. */
import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ProblemError, problemJson } from '../layer/problem.ts';
import { Connection, type ConnectionContext } from './connection.ts';
import { type Refusal, refusalOf } from './handshake.ts';

interface Upgrade {
  readonly request: IncomingMessage;
  readonly wire: Duplex;
  readonly head: Buffer;
}

export class Acceptor {
  readonly #context: ConnectionContext;
  readonly #origins: readonly string[];
  readonly #server: WebSocketServer;
  readonly #connections = new Set<Connection>();
  #waiting: Upgrade[] = [];
  #draining = false;
  #emptied: () => void = () => {};

  /** `origins`: those of browsers, see {@link refusalOf}. */
  constructor(server: Server, context: ConnectionContext, origins: readonly string[]) {
    this.#context = context;
    this.#origins = origins;
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: context.limits.frameBytes,
    });
    server.on('upgrade', (request, wire, head) => this.#upgrade({ request, wire, head }));
  }

  /** Resolves when every connection has ended: at once, or after the grace that a close frame gives. */
  async close(): Promise<void> {
    this.#draining = true;
    for (const upgrade of this.#waiting.splice(0)) this.#refuse(upgrade, unavailable('shutting down'));
    if (this.#connections.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#emptied = resolve;
    for (const connection of this.#connections) connection.shutDown();
    await promise;
  }

  #upgrade(upgrade: Upgrade): void {
    const { wire, request } = upgrade;
    wire.on('error', () => wire.destroy());
    const { url, headers } = request;
    const refusal = this.#lackOfRoom() ?? refusalOf({ url, origin: headers.origin, host: headers.host }, this.#origins);
    if (refusal !== undefined) this.#refuse(upgrade, refusal);
    else if (this.#waiting.push(upgrade) === 1) setImmediate(() => this.#acceptSome());
  }

  #acceptSome(): void {
    for (const upgrade of this.#waiting.splice(0, this.#context.limits.upgradesPerTurn)) this.#accept(upgrade);
    if (this.#waiting.length > 0) setImmediate(() => this.#acceptSome());
  }

  #accept({ request, wire, head }: Upgrade): void {
    this.#server.handleUpgrade(request, wire, head, (socket) => {
      const connection = new Connection(socket, wire, request.socket.remoteAddress ?? '', this.#context);
      this.#connections.add(connection);
      socket.on('close', () => {
        this.#connections.delete(connection);
        if (this.#connections.size === 0) this.#emptied();
      });
    });
  }

  #lackOfRoom(): Refusal | undefined {
    if (this.#draining) return unavailable('shutting down');
    const { connections, upgradesWaiting } = this.#context.limits;
    const isFull = this.#connections.size + this.#waiting.length >= connections;
    if (!isFull && this.#waiting.length < upgradesWaiting) return undefined;
    return { ...unavailable('too many connections'), reason: 'too-many-connections' };
  }

  #refuse({ wire }: Upgrade, { problem, reason }: Refusal): void {
    if (reason !== undefined) this.#context.instruments.rejected(reason);
    const { status, code, message, retryAfterSeconds } = problem;
    const body = problemJson(status, code, message);
    const pause = retryAfterSeconds === undefined ? '' : `Retry-After: ${retryAfterSeconds}\r\n`;
    wire.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\n${pause}Content-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }
}

function unavailable(why: string): Refusal {
  return { problem: new ProblemError(503, 'OPENCLAW_UNAVAILABLE', `${why}: come back later`, [], 1) };
}
