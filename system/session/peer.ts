/** One WebSocket as the layer uses it: what is unsent is bounded, alone and together with all others, and closing ends for sure. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { encodeFrame } from './frames.ts';
import type { Pulse } from './heartbeat.ts';
import type { Instruments, Rejection } from './instruments.ts';
import type { Limits } from './limits.ts';
import { closeCodes } from './protocol.ts';

const closeCodeOf = {
  'bad-frame': closeCodes.badFrame,
  deleted: closeCodes.deleted,
  forbidden: closeCodes.forbidden,
  'hello-timeout': closeCodes.helloTimeout,
  'protocol-unsupported': closeCodes.unsupportedProtocol,
  replaced: closeCodes.replaced,
  'slow-consumer': closeCodes.slowConsumer,
  storage: 1011,
  'too-many-failures': closeCodes.tooMany,
  'too-many-sessions': closeCodes.tooMany,
  unauthorized: closeCodes.unauthorized,
} as const satisfies Partial<Record<Rejection, number>>;

/** Bytes that all connections together have not sent yet. */
export interface Backlog {
  bytes: number;
}

export class Peer implements Pulse {
  heardAt = performance.now();
  readonly #socket: WebSocket;
  readonly #limits: Limits;
  readonly #instruments: Instruments;
  readonly #backlog: Backlog;
  /** What of the backlog is this peer's. */
  #share = 0;

  constructor(socket: WebSocket, wire: Duplex, limits: Limits, instruments: Instruments, backlog: Backlog) {
    this.#socket = socket;
    this.#limits = limits;
    this.#instruments = instruments;
    this.#backlog = backlog;
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
      this.#account();
      if (!error) flushed?.();
    });
    this.#account();
    if (this.#lags()) this.reject('slow-consumer', 'too much is unread: read faster, and resume from your last offset');
  }

  /** Ends the connection for cause: an error frame that explains, then the close code. */
  reject(reason: keyof typeof closeCodeOf, message: string, code: string = reason, retryAfterMs?: number): void {
    if (!this.open) return;
    this.#instruments.rejected(reason);
    const pause = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#socket.send(encodeFrame({ type: 'error', code, message, ...pause }));
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

  /** To be called once the connection has ended. */
  ended(): void {
    this.#backlog.bytes -= this.#share;
    this.#share = 0;
  }

  #account(): void {
    const unsent = this.#socket.readyState === WebSocket.CLOSED ? 0 : this.#socket.bufferedAmount;
    this.#backlog.bytes += unsent - this.#share;
    this.#share = unsent;
  }

  #lags(): boolean {
    const { bufferedBytes, bufferedBytesInAll, pageBytes } = this.#limits;
    if (this.#share > bufferedBytes) return true;
    return this.#backlog.bytes > bufferedBytesInAll && this.#share > pageBytes;
  }
}
