/** The client's frames: bytes in, a checked frame or the reason why not out; and the server's frames as text. */
import type { z } from 'zod';
import { isTooDeep, maxJsonDepth } from '../layer/json-depth.ts';
import { parseTraceparent } from '../layer/trace-context.ts';
import { type ClientFrame, clientFrame, frameLimits, protocolVersions, type ServerFrame } from './protocol.ts';
import type { LogEntry } from './store/log.ts';

export type HelloFrame = Extract<ClientFrame, { type: 'hello' }>;

/** A message's body stays JSON text from here to the disk and to the other clients: nobody in between reads it. */
export type CheckedFrame =
  | Exclude<ClientFrame, { type: 'message' }>
  | (Omit<Extract<ClientFrame, { type: 'message' }>, 'body'> & { readonly bodyJson: string });

export type FrameResult =
  | { readonly ok: true; readonly frame: CheckedFrame }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** The code of a refusal for which there is a close code of its own. */
export const protocolUnsupported = 'protocol-unsupported';

export function parseFrame(data: Buffer, isBinary: boolean): FrameResult {
  if (isBinary) return refuse('frame-binary', 'send text frames: one JSON object each');
  let value: unknown;
  try {
    value = JSON.parse(data.toString('utf8'));
  } catch {
    return refuse('frame-not-json', 'the frame is not JSON');
  }
  if (speaksAnother(value)) {
    const spoken = protocolVersions.join(', ');
    return refuse(protocolUnsupported, `this server speaks these versions of the protocol: ${spoken}`);
  }
  const result = clientFrame.safeParse(withoutBadTrace(value));
  if (!result.success) return refuse('frame-invalid', describe(result.error));
  if (result.data.type !== 'message') return { ok: true, frame: result.data };
  const { body, ...rest } = result.data;
  if (isTooDeep(body)) return refuse('frame-too-deep', `body is nested more than ${maxJsonDepth} deep`);
  const bodyJson = JSON.stringify(body);
  // `1e20` is stored as 21 digits: what fits in a frame that comes must fit in one that goes.
  if (bodyJson.length > frameLimits.frameBytes) {
    return refuse(
      'frame-invalid',
      `body: is longer than ${frameLimits.frameBytes} bytes once its numbers are written out`,
    );
  }
  return { ok: true, frame: { ...rest, bodyJson } };
}

export function encodeFrame(frame: Exclude<ServerFrame, { type: 'entry' }>): string {
  return JSON.stringify(frame);
}

export function encodeEntry({ offset, at, kind, id, bodyJson, traceparent }: LogEntry): string {
  const trace = traceparent ? `,"traceparent":"${traceparent}"` : '';
  return `{"type":"entry","offset":${offset},"at":${at},"kind":"${kind}","id":${JSON.stringify(id)},"body":${bodyJson}${trace}}`;
}

function speaksAnother(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, protocol } = value as Record<string, unknown>;
  return type === 'hello' && typeof protocol === 'number' && !protocolVersions.some((version) => version === protocol);
}

/** Trace Context wants it so: a traceparent that cannot be read is left out, and what it came with is served. */
function withoutBadTrace(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('traceparent' in value)) return value;
  if (parseTraceparent(value.traceparent) !== undefined) return value;
  const { traceparent: _, ...rest } = value;
  return rest;
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
