/** A span as it stands in the journal: what tells where a request went and how long it took, and no more. */
import { z } from 'zod';

/** In the order of OTLP's numbers, from 1. */
export const spanKinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

export const spanSchema = z.strictObject({
  trace: z.string().regex(/^[0-9a-f]{32}$/),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** It may never come: of a process that was killed, or of a user who sends no spans. */
  parent: z.string().optional(),
  name: z.string(),
  kind: z.enum(spanKinds),
  /** Unix ms, with fractions. */
  startMs: z.number(),
  ms: z.number(),
  /** Present if its status is an error: why, if that was said. */
  error: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  /** Ids of traces that it has to do with, without being a part of them. */
  links: z.array(z.string()).optional(),
});

export type JournalSpan = Readonly<z.infer<typeof spanSchema>>;

/** With the service that sent it. */
export interface Span extends JournalSpan {
  readonly service: string;
}
