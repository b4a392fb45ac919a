/** One WebSocket as the layer uses it: what is unsent is bounded, and closing ends for sure. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { encodeFrame } from './frames.ts';
import type { Pulse } from './heartbeat.ts';
import type { Instruments, Rejection } from './instruments.ts';
import type { Limits } from './limits.ts';
import { closeCodes } from './protocol.ts';

const closeCodeOf = {
  'bad-frame': closeCodes.badFrame,
  'hello-timeout': closeCodes.helloTimeout,
  replaced: closeCodes.replaced,
  'slow-consumer': closeCodes.slowConsumer,
  storage: 1011,
  unauthorized: closeCodes.unauthorized,
} as const satisfies Partial<Record<Rejection, number>>;

export class Peer implements Pulse {
  heardAt = performance.now();
  readonly #socket: WebSocket;
  readonly #limits: Limits;
  readonly #instruments: Instruments;

  constructor(socket: WebSocket, wire: Duplex, limits: Limits, instruments: Instruments) {
    this.#socket = socket;
    this.#limits = limits;
    this.#instruments = instruments;
    // Bytes, not frames: a large frame on a thin line is a sign of life all along, and so is a pong.
    wire.on('data', () => {
      this.heardAt = performance.now();
    });
  }

  get open(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** `flushed` is called when the text was handed to the kernel; never if the connection ends first. */
  send(text: string, flushed?: () => void): void {
    if (!this.open) return;
    this.#socket.send(text, (error) => {
      if (!error) flushed?.();
    });
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytes)
      this.reject('slow-consumer', 'too much is unread: read faster, and resume from your last offset');
  }

  /** Ends the connection for cause: an error frame that explains, then the close code. */
  reject(reason: keyof typeof closeCodeOf, message: string, code: string = reason): void {
    if (!this.open) return;
    this.#instruments.rejected(reason);
    this.#socket.send(encodeFrame({ type: 'error', code, message }));
    this.close(closeCodeOf[reason], code);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.endSoon();
  }

  /** ws itself waits 30 s for a peer's close frame. */
  endSoon(): void {
    setTimeout(() => this.#socket.terminate(), this.#limits.closeGraceMs).unref();
  }

  ping(): void {
    if (this.open) this.#socket.ping();
  }

  lost(): void {
    this.#instruments.heartbeatTimeouts.inc();
    // close() would wait for an answer that can't come.
    this.#socket.terminate();
  }
}
