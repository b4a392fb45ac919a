/** A TCP relay that a test can cut: by refusing, or by swallowing everything. For tests. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Cut implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: () => number;
  readonly #pairs = new Set<readonly [Socket, Socket | undefined]>();
  #port = 0;
  #swallows = false;

  private constructor(target: () => number) {
    this.#target = target;
    this.#server = createServer((client) => this.#relay(client));
  }

  static async to(target: () => number): Promise<Cut> {
    const cut = new Cut(target);
    await cut.#listen();
    cut.#port = (cut.#server.address() as AddressInfo).port;
    return cut;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  #listen(): Promise<void> {
    return new Promise((resolve) => this.#server.listen(this.#port, '127.0.0.1', resolve));
  }

  #relay(client: Socket): void {
    client.on('error', () => client.destroy());
    const upstream = this.#swallows ? undefined : connect(this.#target(), '127.0.0.1');
    const pair = [client, upstream] as const;
    this.#pairs.add(pair);
    client.on('close', () => {
      this.#pairs.delete(pair);
      upstream?.destroy();
    });
    client.on('data', (chunk) => {
      if (!this.#swallows) upstream?.write(chunk);
    });
    upstream?.on('data', (chunk) => {
      if (!this.#swallows) client.write(chunk);
    });
    upstream?.on('error', () => client.destroy());
    upstream?.on('close', () => {
      if (!this.#swallows) client.destroy();
    });
  }

  closeConnections(): void {
    for (const [client] of this.#pairs) client.destroy();
  }

  async refuse(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.closeConnections();
    await closed;
  }

  async allow(): Promise<void> {
    this.#swallows = false;
    this.closeConnections();
    if (!this.#server.listening) await this.#listen();
  }

  swallow(): void {
    this.#swallows = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#server.listening) await this.refuse();
  }
}
