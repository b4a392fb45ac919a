/** One end of a proxied connection: what it has received, and how it saw the connection end. */
import type { Socket } from 'node:net';

export type Ending = 'fin' | 'rst';

export class Peer {
  readonly socket: Socket;
  /** Settles when the other side has closed. */
  readonly ended: Promise<Ending>;
  readonly #chunks: Buffer[] = [];
  #length = 0;
  readonly #waiting = new Map<() => void, number>();

  constructor(socket: Socket) {
    this.socket = socket;
    const { promise, resolve } = Promise.withResolvers<Ending>();
    this.ended = promise;
    socket.on('end', () => resolve('fin')).on('error', () => resolve('rst'));
    socket.on('data', (chunk) => this.#take(chunk));
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  write(bytes: string | Buffer): void {
    this.socket.write(bytes);
  }

  /** Everything received, once it is so many bytes or more. */
  async bytes(count: number): Promise<Buffer> {
    if (this.#length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.set(resolve, count);
      await promise;
    }
    return this.received;
  }

  #take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (const [resolve, count] of this.#waiting) if (this.#length >= count) resolve();
  }
}
