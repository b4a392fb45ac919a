/** What a client says once it is welcome: messages, acknowledged when they are on disk, and pings. */
import { failSpan, inTrace, traceparentOf } from '../layer/spans.ts';
import { type CheckedFrame, encodeFrame } from './frames.ts';
import type { Instruments } from './instruments.ts';
import type { MessageQueue } from './message-queue.ts';
import { startMessageSpan, within } from './message-spans.ts';
import type { Peer } from './peer.ts';
import type { StoredMessage } from './store/session-store.ts';

export interface ConversationOptions {
  readonly session: string;
  readonly peer: Pick<Peer, 'send' | 'reject'>;
  readonly queue: Pick<MessageQueue, 'push'>;
  readonly instruments: Pick<Instruments, 'message'>;
  /** The session is no more. */
  readonly removed: () => void;
  /** A message could not be written. */
  readonly failed: (error: unknown) => void;
}

type MessageFrame = Extract<CheckedFrame, { type: 'message' }>;
type Trace = { readonly traceparent?: string };

export class Conversation {
  readonly #options: ConversationOptions;

  constructor(options: ConversationOptions) {
    this.#options = options;
  }

  hear(frame: CheckedFrame): void {
    const { peer } = this.#options;
    const { traceparent } = frame;
    const trace: Trace = traceparent === undefined ? {} : { traceparent };
    switch (frame.type) {
      case 'hello':
        peer.reject('bad-frame', 'hello was said already', 'hello-again');
        break;
      case 'ping':
        peer.send(encodeFrame({ type: 'pong', id: frame.id, ...trace }));
        break;
      case 'message':
        this.#keep(frame, trace);
        break;
    }
  }

  #keep(message: MessageFrame, trace: Trace): void {
    const { session, queue, failed } = this.#options;
    const { id, bodyJson } = message;
    const span = startMessageSpan(session, message);
    queue.push({
      ...within(span, { session, id, bodyJson, ...trace }),
      stored: (result) => {
        if (result.fate === 'new') span.setAttribute('openclaw.message.offset', result.offset).end();
        this.#stored(id, result, trace);
      },
      failed: (error) => {
        failSpan(span, error);
        span.end();
        inTrace(traceparentOf(span), () => failed(error));
      },
    });
  }

  #stored(id: string, result: StoredMessage, trace: Trace): void {
    const { peer, instruments, removed } = this.#options;
    if (result.fate === 'gone') {
      removed();
      return;
    }
    instruments.message(result.fate);
    peer.send(encodeFrame({ type: 'ack', id, offset: result.offset, ...trace }));
  }
}
