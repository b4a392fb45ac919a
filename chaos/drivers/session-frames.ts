/** Protocol `openclaw-session/1` as the harness reads it: a JSON object a WebSocket text frame. */
import { z } from 'zod';

const welcome = z.object({
  type: z.literal('welcome'),
  session: z.string().min(1),
  epoch: z.string().min(1),
  offset: z.int().min(0),
  recovered: z.boolean(),
  reason: z.string().optional(),
  heartbeatMs: z.number().positive(),
});
const entry = z.object({
  type: z.literal('entry'),
  offset: z.int().min(1),
  at: z.number(),
  kind: z.enum(['message', 'event']),
  id: z.string(),
  body: z.unknown(),
});
const ack = z.object({ type: z.literal('ack'), id: z.string(), offset: z.int().min(1) });
const pong = z.object({ type: z.literal('pong'), id: z.string() });
const error = z.object({ type: z.literal('error'), code: z.string(), message: z.string() });

const serverFrame = z.discriminatedUnion('type', [welcome, entry, ack, pong, error]);
const knownTypes: readonly string[] = ['welcome', 'entry', 'ack', 'pong', 'error'];
/** A server may be newer: a frame of a type that is not known here is not for us. */
const otherFrame = z
  .object({ type: z.string().refine((type) => !knownTypes.includes(type)) })
  .transform(() => ({ type: 'other' as const }));
const finishedRun = z.object({
  id: z.string(),
  skill: z.string(),
  attempt: z.number(),
  outcome: z.string().optional(),
});
const runFinished = z.object({ type: z.literal('run.finished'), run: finishedRun });

export type ServerFrame = z.infer<typeof serverFrame> | z.infer<typeof otherFrame>;
export type Welcome = z.infer<typeof welcome>;
export type Entry = z.infer<typeof entry>;
export type FinishedRun = z.infer<typeof finishedRun>;

export interface Hello {
  readonly token: string;
  readonly kind: 'user' | 'probe';
  readonly events: 'all' | 'own';
  readonly session?: string;
  readonly epoch?: string;
  readonly after?: number;
}

/** Undefined if the text is no frame of the protocol. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  try {
    const frame: unknown = JSON.parse(text);
    return serverFrame.safeParse(frame).data ?? otherFrame.safeParse(frame).data;
  } catch {
    return undefined;
  }
}

/** The run whose end an entry tells of, if it does. */
export function finishedRunOf({ kind, body }: Pick<Entry, 'kind' | 'body'>): FinishedRun | undefined {
  return kind === 'event' ? runFinished.safeParse(body).data?.run : undefined;
}
