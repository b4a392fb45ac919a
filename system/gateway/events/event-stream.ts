/** One reader of the event log over server-sent events: it is fed from disk, a batch at a time, as fast as it takes them. */
import type { ServerResponse } from 'node:http';
import type { GatewayEvent } from '../../layer/wire.ts';
import { eventFrame, gapFrame } from './event-frames.ts';

export interface EventStreamOptions {
  /** Events after this id are sent. */
  readonly after: number;
  /** The next events after an id, oldest first; none when the reader is up to date. */
  readonly read: (after: number) => readonly GatewayEvent[];
  /** Id of the oldest event that is kept; 0 if there is none. */
  readonly oldest: () => number;
  /** Those that the reader asked for. */
  readonly wanted?: (event: GatewayEvent) => boolean;
  readonly heartbeatMs: number;
  readonly slowReaderMs: number;
}

export class EventStream {
  readonly #response: ServerResponse;
  readonly #options: EventStreamOptions;
  readonly #heartbeat: NodeJS.Timeout;
  #sent: number;
  /** Runs while the reader's buffer is full; at its end the reader is too slow. */
  #stalled: NodeJS.Timeout | undefined;
  /** Set while the rest is read in a later turn. */
  #later: NodeJS.Immediate | undefined;

  constructor(response: ServerResponse, options: EventStreamOptions) {
    this.#response = response;
    this.#options = options;
    this.#sent = options.after;
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', connection: 'close' });
    // An immediate word: the reader's proof that the stream stands.
    this.#write(': open\n\n');
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs);
    response.on('drain', () => this.#drained());
    // Without it, a reset while writing would be an uncaught exception; 'close' follows.
    response.on('error', () => {});
    response.on('close', () => this.#stop());
    this.wake();
  }

  /** There may be new events. */
  wake(): void {
    while (this.#takes()) {
      const events = this.#options.read(this.#sent);
      const last = events.at(-1);
      if (last === undefined) return;
      this.#send(events);
      this.#sent = last.id;
      // A reader that wants few of them must not hold up everybody else while its batches are looked through.
      if (this.#options.wanted !== undefined) {
        this.#goOnLater();
        return;
      }
    }
  }

  end(): void {
    if (this.#takes()) this.#response.end();
    else this.cut();
  }

  /** At once, with whatever the reader has not taken: it resumes by id. */
  cut(): void {
    this.#response.destroy();
  }

  #send(events: readonly GatewayEvent[]): void {
    const { oldest, wanted = () => true } = this.#options;
    const [first] = events;
    // Ids have no holes but where the log was trimmed: only then is it looked for.
    const gap = first !== undefined && first.id > this.#sent + 1 ? gapFrame(this.#sent, oldest()) : undefined;
    const text = (gap ?? '') + events.filter(wanted).map(eventFrame).join('');
    if (text !== '') this.#write(text);
  }

  #takes(): boolean {
    return this.#stalled === undefined && !this.#response.writableEnded && !this.#response.destroyed;
  }

  #write(text: string): void {
    if (this.#response.write(text)) return;
    this.#stalled = setTimeout(() => this.cut(), this.#options.slowReaderMs);
  }

  #beat(): void {
    if (this.#takes()) this.#write(': beat\n\n');
  }

  #drained(): void {
    clearTimeout(this.#stalled);
    this.#stalled = undefined;
    this.wake();
  }

  #goOnLater(): void {
    this.#later ??= setImmediate(() => {
      this.#later = undefined;
      this.wake();
    });
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#stalled);
    clearImmediate(this.#later);
  }
}
