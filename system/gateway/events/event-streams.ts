/** All open event streams: woken together, bounded, ended together. */
import type { ServerResponse } from 'node:http';
import { EventStream, type EventStreamOptions } from './event-stream.ts';

export class EventStreams {
  readonly #limit: number;
  readonly #onSize: (open: number) => void;
  /** In the order of opening. */
  readonly #open = new Set<EventStream>();

  constructor(limit: number, onSize: (open: number) => void) {
    this.#limit = limit;
    this.#onSize = onSize;
  }

  get size(): number {
    return this.#open.size;
  }

  open(response: ServerResponse, options: EventStreamOptions): void {
    const [oldest] = this.#open;
    if (oldest !== undefined && this.#open.size >= this.#limit) this.#remove(oldest).cut();
    const stream = new EventStream(response, options);
    this.#open.add(stream);
    this.#onSize(this.size);
    response.on('close', () => this.#remove(stream));
  }

  wake(): void {
    for (const stream of this.#open) stream.wake();
  }

  close(): void {
    for (const stream of this.#open) stream.end();
  }

  #remove(stream: EventStream): EventStream {
    this.#open.delete(stream);
    this.#onSize(this.size);
    return stream;
  }
}
