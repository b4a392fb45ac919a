/**
 * The frames of the WebSocket, both ways, as schemas: types, validation and the page PROTOCOL.md come from them.
 * A reader ignores members, and a client also types of frames, that it does not know: the other side may be newer.
 */
import { z } from 'zod';
import { traceparentPattern } from '../layer/trace-context.ts';
import { clientKind } from '../layer/wire.ts';

/** Versions of the protocol that this server speaks; `hello.protocol` names one. */
export const protocolVersions = [1] as const;

/** What one frame and its members may measure. */
export const frameLimits = { frameBytes: 1024 * 1024, idLength: 128, tokenLength: 4096 } as const;

const identifier = z.string().min(1).max(frameLimits.idLength);
const offset = z.int().min(0);

const traceparent = z
  .string()
  .regex(traceparentPattern)
  .exactOptional()
  .describe('W3C Trace Context; one that is malformed counts as none');

export const sessionId = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"');

const hello = z
  .object({
    type: z.literal('hello'),
    protocol: z
      .literal(protocolVersions)
      .describe('version of the protocol; another one is answered with those that are spoken'),
    token: z.string().max(frameLimits.tokenLength).describe('the bearer token; it is taken from here only'),
    session: sessionId.exactOptional().describe('session to go on with; absent for a new one'),
    epoch: z.string().min(1).max(64).exactOptional().describe('log in which `after` was seen'),
    after: offset.exactOptional().describe('last offset that the client has seen; 0 for none'),
    kind: clientKind.exactOptional().describe('`probe`: a monitor, which does not count as somebody being there'),
    events: z
      .enum(['all', 'own'])
      .exactOptional()
      .describe('`all` (default): the events of every run; `own`: only of runs asked for with this session'),
    traceparent,
  })
  .describe('The first frame of every connection.');

const message = z
  .object({
    type: z.literal('message'),
    id: identifier.describe("the client's own id: a message sent again under it is stored once"),
    body: z.unknown().refine((value) => value !== undefined, 'is required; send null for none'),
    traceparent,
  })
  .describe('To be stored in the log of the session, in the order in which they are sent.');

const ping = z.object({ type: z.literal('ping'), id: identifier, traceparent }).describe('Answered with `pong`.');

export const clientFrame = z.discriminatedUnion('type', [hello, message, ping]);
export type ClientFrame = z.infer<typeof clientFrame>;

const resumeReasons = ['new-session', 'unknown-session', 'epoch-changed', 'offset-unknown', 'trimmed'] as const;

const welcome = z
  .object({
    type: z.literal('welcome'),
    session: z.string(),
    epoch: z.string().describe('names this log: another epoch under the same session is another log'),
    offset: offset.describe('newest offset of the log'),
    recovered: z.boolean().describe("true: every entry after the client's `after` follows, each once and in order"),
    reason: z.enum(resumeReasons).exactOptional().describe('why not recovered'),
    from: offset.describe('entries follow from the one after this offset'),
    floor: offset.describe('entries up to this offset are gone; what lies between it and `from` is in the history'),
    heartbeatMs: z.number().describe('the server pings this often; 2.5 times as long without a byte and it is dead'),
    degraded: z.boolean().describe('as in `status`'),
  })
  .describe('The answer to `hello`; the entries that were missed follow.');

const entry = z
  .object({
    type: z.literal('entry'),
    offset: z.int().min(1).describe('grows by one from entry to entry'),
    at: z.number().describe('when it was written, Unix ms'),
    kind: z.enum(['message', 'event']),
    id: z.string().describe("the client's id of a message, the gateway's id of an event"),
    body: z.unknown(),
    traceparent,
  })
  .describe('One entry of the log, a message of any client of the session or an event of the gateway; it is on disk.');

const ack = z
  .object({ type: z.literal('ack'), id: z.string(), offset: z.int().min(1), traceparent })
  .describe('The message is on disk, at this offset of the log.');

const pong = z.object({ type: z.literal('pong'), id: z.string(), traceparent });

const delivered = z
  .object({ type: z.literal('delivered'), offset: z.int().min(1) })
  .describe('The gateway has the messages of this session up to this offset.');

const status = z
  .object({
    type: z.literal('status'),
    degraded: z.boolean().describe('true: messages are stored and acknowledged, but reach the gateway later'),
    reason: z.string().exactOptional().describe('why degraded, for people'),
    undelivered: offset.describe('messages of this session that the gateway does not have yet'),
  })
  .describe('Sent when `degraded` changes, and after a `welcome` that has something to tell.');

const error = z
  .object({
    type: z.literal('error'),
    code: z.string(),
    message: z.string().describe('what is wrong and how to mend it, for people'),
    retryAfterMs: z.number().exactOptional().describe('coming back sooner is of no use'),
  })
  .describe('Why the connection is closed; the close code follows.');

export const serverFrame = z.discriminatedUnion('type', [welcome, entry, ack, pong, delivered, status, error]);
export type ServerFrame = z.infer<typeof serverFrame>;

/** Close codes of ours, and what a client does about each. */
export const closeCodes = {
  badFrame: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  deleted: 4404,
  unsupportedProtocol: 4406,
  helloTimeout: 4408,
  replaced: 4409,
  slowConsumer: 4413,
  tooMany: 4429,
} as const;

/** Every code that this server closes with → meaning, and what to do. */
export const closeMeanings: Readonly<Record<number, string>> = {
  1001: 'The server shuts down. Come back and resume; nothing is lost.',
  1007: 'A text frame is not UTF-8. Mend the client.',
  1009: `A frame is larger than ${frameLimits.frameBytes} bytes. Send less; coming back with the same frame is of no use.`,
  1011: 'The server could not write to its disk. What was not acknowledged is not stored: resume after a pause and send it again.',
  [closeCodes.badFrame]: 'A frame breaks the protocol. Mend the client.',
  [closeCodes.unauthorized]: 'The token is not known. Do not come back with it.',
  [closeCodes.forbidden]: 'The session belongs to another token. Do not come back with that session.',
  [closeCodes.deleted]: 'The session was deleted. Come back without it.',
  [closeCodes.unsupportedProtocol]: 'The version of the protocol is not spoken here; the error names those that are.',
  [closeCodes.helloTimeout]: 'No hello in time. Come back.',
  [closeCodes.replaced]: 'Newer connections of this session took the place of this one. Do not come back by yourself.',
  [closeCodes.slowConsumer]: 'Too much was unread. Resume at once, from the last offset that was read.',
  [closeCodes.tooMany]:
    'Too many wrong tokens from this address, or too many sessions. Come back after `retryAfterMs`.',
};
