/** One end of a TCP connection under test: what came, when, and how it ended. */
import { EventEmitter, once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';

export type Ending = 'fin' | 'rst';

interface Chunk {
  /** ms, as `performance.now()`. */
  readonly at: number;
  readonly bytes: Buffer;
}

const deadlineMs = 15_000;

export class Peer {
  readonly #socket: Socket;
  readonly #events = new EventEmitter();
  readonly #chunks: Chunk[] = [];
  #size = 0;
  #ended: { readonly how: Ending; readonly at: number } | undefined;

  constructor(socket: Socket) {
    this.#socket = socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.#chunks.push({ at: performance.now(), bytes });
      this.#size += bytes.length;
      this.#events.emit('change');
    });
    socket.on('end', () => this.#end('fin'));
    socket.on('error', () => this.#end('rst'));
  }

  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks.map((chunk) => chunk.bytes));
  }

  get text(): string {
    return this.bytes.toString('latin1');
  }

  /** When it was handed to the kernel, ms. */
  write(bytes: string | Buffer): number {
    const at = performance.now();
    this.#socket.write(bytes);
    return at;
  }

  /** Says FIN, and would still read on. */
  end(): number {
    const at = performance.now();
    this.#socket.end();
    return at;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Ends with RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Resolves with when the last of the first `size` bytes came, ms. */
  async receives(size: number): Promise<number> {
    await this.#until(() => this.#size >= size || this.#ended !== undefined, `${size} bytes`);
    if (this.#size < size) throw new Error(`ended (${this.#ended?.how}) after ${this.#size} of ${size} bytes`);
    let seen = 0;
    for (const { at, bytes } of this.#chunks) {
      seen += bytes.length;
      if (seen >= size) return at;
    }
    return performance.now();
  }

  async ending(): Promise<{ readonly how: Ending; readonly at: number }> {
    await this.#until(() => this.#ended !== undefined, 'an end');
    return this.#ended ?? expect.unreachable('waited for an end');
  }

  /** Neither a byte nor an end for so long. */
  async staysSilent(forMs: number): Promise<void> {
    const size = this.#size;
    await sleep(forMs);
    expect({ size: this.#size, ended: this.#ended?.how }).toEqual({ size, ended: undefined });
  }

  /** Not a byte for so long after the end: what the kernel would still have brought. */
  async staysSilentAfterEnd(forMs: number): Promise<void> {
    const size = this.#size;
    await sleep(forMs);
    expect(this.#size).toBe(size);
  }

  /** Stops reading, so that the sender is held back. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Bytes written that the kernel has not taken. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  #end(how: Ending): void {
    this.#ended ??= { how, at: performance.now() };
    this.#events.emit('change');
  }

  async #until(done: () => boolean, wanted: string): Promise<void> {
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      while (!done()) await once(this.#events, 'change', { signal });
    } catch (cause) {
      throw new Error(`wanted ${wanted} within ${deadlineMs} ms, got ${this.#size} bytes and no end`, { cause });
    }
  }
}

/** Rejects with the error of the socket, ECONNREFUSED for one. */
export async function dial(address: string): Promise<Peer> {
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  await once(socket, 'connect');
  return new Peer(socket);
}
