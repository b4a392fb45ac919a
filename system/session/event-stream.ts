/**
 * Follows the gateway's event stream for as long as the layer runs: the session layer's main dial. Asks for what comes after
 * the cursor, hands events on in batches, and dials again when the stream ends, breaks or falls silent.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type GatewayLink, GatewayUnreachable, type StreamAnswer } from '../layer/gateway-link.ts';
import type { Logger } from '../layer/logger.ts';
import { type GatewayEvent, gatewayEvent } from '../layer/wire.ts';
import { type SseMessage, SseParser } from './sse-parser.ts';

export interface EventStreamOptions {
  readonly link: GatewayLink;
  readonly log: Logger;
  /** The gateway sends a comment at least this often. */
  readonly heartbeatMs: number;
  readonly cursor: () => number;
  /** Must be durable when it returns: the next dial starts after it. */
  readonly take: (events: readonly GatewayEvent[]) => void;
  /** The gateway lost its log and began another one: the cursor must go back to the start. */
  readonly rewind: () => void;
}

const answerWithinMs = 5000;
const retryAfterMs = 1000;
const silentHeartbeats = 3;
/** Within the promised 15 s; the gateway's comments come every second, however long a client's heartbeat is. */
const maxSilenceMs = 12_000;
/** The gateway's answer to a cursor beyond its newest event. */
const aheadOfLog = 409;

/** Resolves when `signal` aborts. */
export async function followEvents(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await options.link.whenDialable(signal);
      await follow(options, signal);
    } catch (error) {
      if (signal.aborted) return;
      // The link knows when to dial again; anything else (a refusal, a full disk) is not its business.
      if (error instanceof GatewayUnreachable) continue;
      options.log.error({ err: error }, 'the event stream could not be followed');
      await delay(retryAfterMs, undefined, { signal }).catch(() => {});
    }
  }
}

async function follow(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const { link, cursor, take, rewind, log } = options;
  const given = new AbortController();
  const answer = await link.stream(`/v1/events?after=${cursor()}`, {
    timeoutMs: answerWithinMs,
    headers: { accept: 'text/event-stream' },
    signal: AbortSignal.any([signal, given.signal]),
  });
  try {
    if (answer.status === aheadOfLog) rewind();
    if (answer.status !== 200) throw new Error(`GET /v1/events was answered with status ${answer.status}`);
    const parser = new SseParser();
    for await (const text of textOf(answer, options, given)) {
      const events = parser.push(text).flatMap((message) => readEvent(message, log));
      if (events.length > 0) take(events);
    }
  } finally {
    given.abort();
  }
}

/** The stream's text until it is lost, which it always is in the end: throws {@link GatewayUnreachable}. */
async function* textOf(
  answer: StreamAnswer,
  options: EventStreamOptions,
  given: AbortController,
): AsyncGenerator<string> {
  const silenceMs = Math.min(maxSilenceMs, silentHeartbeats * options.heartbeatMs);
  const silence = setTimeout(
    () => given.abort(new Error(`the event stream was silent for ${silenceMs} ms`)),
    silenceMs,
  );
  // Others found out first; a stream from before says nothing about what comes after.
  const stopListening = options.link.onChange((reachable) => {
    if (!reachable) given.abort(new Error('the gateway was lost'));
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of answer.body) {
      silence.refresh();
      yield decoder.decode(chunk, { stream: true });
    }
    throw new Error('the gateway ended the event stream');
  } catch (error) {
    answer.lost(error);
    throw new GatewayUnreachable('the event stream was lost', true, { cause: error });
  } finally {
    clearTimeout(silence);
    stopListening();
  }
}

/** One that makes no sense is logged and left out: waiting for it to make sense would hold up all that follow. */
function readEvent({ type, data }: SseMessage, log: Logger): GatewayEvent[] {
  if (type === 'gap') {
    log.warn({ gap: data }, 'the gateway does not keep all events any more that this layer has not seen');
    return [];
  }
  try {
    return [gatewayEvent.parse(JSON.parse(data))];
  } catch (error) {
    log.error({ err: error, data: data.slice(0, 500) }, 'an event of the gateway is not understood');
    return [];
  }
}
