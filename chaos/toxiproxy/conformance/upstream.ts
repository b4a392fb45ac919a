/** A server behind a proxy under test: echoes, or takes what comes and says nothing. */
import { EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { Peer } from './peer.ts';

export class Upstream implements AsyncDisposable {
  readonly address: string;
  readonly #server: Server;
  readonly #accepted: Peer[] = [];
  readonly #events = new EventEmitter();
  #taken = 0;

  private constructor(server: Server, echo: boolean) {
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket: Socket) => {
      this.#accepted.push(new Peer(socket));
      if (echo) {
        socket.on('data', (bytes) => socket.write(bytes));
        socket.on('end', () => socket.end());
      }
      this.#events.emit('connection');
    });
  }

  static async start(options: { echo: boolean }): Promise<Upstream> {
    const server = createServer({ allowHalfOpen: true });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new Upstream(server, options.echo);
  }

  /** The connections in the order of their coming, each once. */
  async accepted(): Promise<Peer> {
    const index = this.#taken++;
    const signal = AbortSignal.timeout(15_000);
    for (;;) {
      const peer = this.#accepted[index];
      if (peer !== undefined) return peer;
      await once(this.#events, 'connection', { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#accepted) peer.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }
}
