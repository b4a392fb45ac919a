/** The client's frames: bytes in, a checked frame or the reason why not out; and the server's frames as text. */
import { z } from 'zod';
import type { ClientFrame, ServerFrame } from './protocol.ts';
import type { LogEntry } from './session-log.ts';

const identifier = z.string().min(1).max(128);
const sessionId = z.string().regex(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"');

const hello = z.object({
  type: z.literal('hello'),
  protocol: z.literal(1, 'must be 1: the only version that this server speaks'),
  token: z.string().max(4096),
  session: sessionId.exactOptional(),
  epoch: z.string().min(1).max(64).exactOptional(),
  after: z.int().min(0).exactOptional(),
  kind: z.enum(['user', 'probe']).exactOptional(),
  events: z.enum(['all', 'own']).exactOptional(),
});
const present = z.unknown().refine((value) => value !== undefined, 'is required; send null for none');
const message = z.object({ type: z.literal('message'), id: identifier, body: present });
const ping = z.object({ type: z.literal('ping'), id: identifier });
const clientFrame = z.discriminatedUnion('type', [hello, message, ping]) satisfies z.ZodType<ClientFrame>;

export type HelloFrame = Extract<ClientFrame, { type: 'hello' }>;

/** A message's body stays JSON text from here to the disk and to the other clients: nobody in between reads it. */
export type CheckedFrame =
  | Exclude<ClientFrame, { type: 'message' }>
  | { readonly type: 'message'; readonly id: string; readonly bodyJson: string };

export type FrameResult =
  | { readonly ok: true; readonly frame: CheckedFrame }
  | { readonly ok: false; readonly code: string; readonly message: string };

export function parseFrame(data: Buffer, isBinary: boolean): FrameResult {
  if (isBinary) return refuse('frame-binary', 'send text frames: one JSON object each');
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return refuse('frame-not-json', 'the frame is not JSON');
  }
  const result = clientFrame.safeParse(value);
  if (!result.success) return refuse('frame-invalid', describe(result.error));
  if (result.data.type !== 'message') return { ok: true, frame: result.data };
  try {
    return { ok: true, frame: { type: 'message', id: result.data.id, bodyJson: JSON.stringify(result.data.body) } };
  } catch {
    // Parsing copes with any depth, writing does not: the stack ends.
    return refuse('frame-too-deep', 'body is nested too deeply');
  }
}

export function encodeFrame(frame: Exclude<ServerFrame, { type: 'entry' }>): string {
  return JSON.stringify(frame);
}

export function encodeEntry({ offset, at, kind, id, bodyJson }: LogEntry): string {
  return `{"type":"entry","offset":${offset},"at":${at},"kind":"${kind}","id":${JSON.stringify(id)},"body":${bodyJson}}`;
}

function refuse(code: string, text: string): FrameResult {
  return { ok: false, code, message: text };
}

function describe(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'frame'}: ${issue.message}`)
    .join('; ');
}
