/** Messages that the server has not acknowledged: kept in order, and sent again under the same id over each new connection. */
import { SessionError } from './session-error.ts';
import type { TraceContext } from './session-options.ts';

const maxMessages = 1000;
const maxBytes = 8 * 1024 * 1024;
/** Of the server; it closes on a larger frame. */
const maxFrameBytes = 1024 * 1024;

interface Pending {
  readonly text: string;
  readonly bytes: number;
  readonly stored: Promise<number>;
  readonly acked: (offset: number) => void;
  readonly failed: (error: Error) => void;
}

export class Outbox {
  readonly #pending = new Map<string, Pending>();
  #bytes = 0;

  /** Frames in the order of `add`. */
  *texts(): Iterable<string> {
    for (const { text } of this.#pending.values()) yield text;
  }

  /** `stored` gives the offset at the ack. One under an id that waits already is the same message. Throws if the message cannot be taken. */
  add(
    id: string,
    body: unknown,
    { traceparent }: TraceContext = {},
  ): { readonly text?: string; readonly stored: Promise<number> } {
    const same = this.#pending.get(id);
    if (same !== undefined) return { stored: same.stored };
    const text = JSON.stringify({ type: 'message', id, body: body ?? null, traceparent });
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > maxFrameBytes)
      throw new SessionError('TOO_LARGE', `the message has ${bytes} bytes of ${maxFrameBytes}`);
    if (this.#pending.size >= maxMessages || this.#bytes + bytes > maxBytes) {
      throw new SessionError('QUEUE_FULL', `${this.#pending.size} messages wait for the server already`);
    }
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    // Who sends without waiting must not have the process end for it at `close()`.
    promise.catch(() => {});
    this.#pending.set(id, { text, bytes, stored: promise, acked: resolve, failed: reject });
    this.#bytes += bytes;
    return { text, stored: promise };
  }

  acked(id: string, offset: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    this.#pending.delete(id);
    this.#bytes -= pending.bytes;
    pending.acked(offset);
  }

  fail(error: Error): void {
    for (const { failed } of this.#pending.values()) failed(error);
    this.#pending.clear();
    this.#bytes = 0;
  }
}
