/** One direction of a connection: what comes from one socket goes through the chain and is written to the other. */
import type { Socket } from 'node:net';
import { Chain } from './chain.ts';
import type { Reading } from './read-buffer.ts';
import type { ToxicState } from './toxic.ts';
import type { Sink } from './toxics/stage.ts';

export interface WayOptions {
  readonly source: Socket;
  readonly destination: Socket;
  readonly toxics: readonly ToxicState[];
  readonly random: () => number;
  /** The end of the stream has come through the chain. */
  readonly onEnd: () => void;
}

export class Way implements Sink, Reading {
  readonly #source: Socket;
  readonly #destination: Socket;
  readonly #onEnd: () => void;
  readonly chain: Chain;
  /** Bytes. */
  received = 0;
  sent = 0;
  #sourceEnded = false;
  #finished = false;
  #paused = false;
  #congested = false;

  constructor({ source, destination, toxics, random, onEnd }: WayOptions) {
    this.#source = source;
    this.#destination = destination;
    this.#onEnd = onEnd;
    this.chain = new Chain({ toxics, outlet: this, random, onRoom: () => this.#resume() });
  }

  /** A chunk from the source. After the way's end it is dropped: reading goes on, so that the source's own end is seen. */
  take(chunk: Buffer): void {
    if (this.#finished || this.#sourceEnded) return;
    this.received += chunk.length;
    this.chain.push(chunk);
    if (!this.chain.hasRoom) this.#pause();
  }

  get isIdle(): boolean {
    return this.chain.isIdle && this.#destination.writableLength === 0;
  }

  get keeps(): boolean {
    return !this.chain.isBare || this.#destination.writableLength > 0;
  }

  sourceEnded(): void {
    if (this.#sourceEnded) return;
    this.#sourceEnded = true;
    if (!this.#finished) this.chain.end();
  }

  destinationDrained(): void {
    this.#congested = false;
    this.chain.wake();
  }

  /** Nothing goes this way any more. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.chain.dispose();
    this.#resume();
  }

  push(chunk: Buffer): void {
    if (this.#finished) return;
    this.sent += chunk.length;
    if (!this.#destination.write(chunk)) this.#congested = true;
  }

  end(): void {
    if (this.#finished) return;
    this.finish();
    this.#onEnd();
  }

  load(): number {
    return this.#congested ? Number.POSITIVE_INFINITY : 0;
  }

  #pause(): void {
    if (this.#paused || this.#finished) return;
    this.#paused = true;
    this.#source.pause();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#source.resume();
  }
}
