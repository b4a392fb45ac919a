/** What a run leaves behind for its verdict: plain JSON, as it stands in the journal. A boundary: nothing in it is believed unchecked. */
import { z } from 'zod';

const time = z.number().min(1e12).max(1e14).describe('Unix ms');

export const windowSchema = z.strictObject({ from: time, to: time });

export const answerSchema = z.strictObject({
  checkId: z.string(),
  /** As it was sent. */
  query: z.string(),
  /** The time that the query was evaluated for, Unix ms; of a range query its end. */
  evaluatedAt: time,
  /** Range queries only: their start, Unix ms. They step by whole seconds. */
  from: time.optional(),
  status: z.enum(['success', 'error']),
  resultType: z.string().optional(),
  /** As Prometheus gave it. */
  result: z.unknown().optional(),
  error: z.string().optional(),
});

export const entrySchema = z.strictObject({
  name: z.string(),
  injectedAt: time.optional(),
  /** When the last blow that landed was dealt. */
  lastBlowAt: time.optional(),
  /** Where the harness ends the fault. */
  healedAt: time.optional(),
  /** When the last of the layers that it affected, and the way end to end, had recovered. */
  recoveredAt: time.optional(),
  proof: z.strictObject({ proved: z.boolean(), evidence: z.string() }).optional(),
  /** Everything that it changed has been changed back. */
  undone: z.boolean().optional(),
});

export const starvationSchema = z.strictObject({ from: time, to: time, share: z.number().min(0).max(1) });

export const evidenceSchema = z.strictObject({
  /** Parts of the harness that failed: each makes the run inconclusive. */
  harnessFaults: z.array(z.strictObject({ part: z.string(), detail: z.string() })),
  steadyState: z.strictObject({ reached: z.boolean(), detail: z.string() }).optional(),
  entries: z.array(entrySchema),
  /** The recorder's last sequence number, and the one that Prometheus had answered with before it was asked anything else. */
  sequence: z.strictObject({ recorder: z.number(), prometheus: z.number() }).optional(),
  /** From the steady state to the end of observation. */
  observedWindow: windowSchema.optional(),
  answers: z.array(answerSchema),
  /** When processes of this machine had to wait for a processor nearly all the time. */
  starved: z.array(starvationSchema),
});

export type Answer = Readonly<z.infer<typeof answerSchema>>;
export type EntryEvidence = Readonly<z.infer<typeof entrySchema>>;
export type Evidence = Readonly<z.infer<typeof evidenceSchema>>;
export type ObservedWindow = Readonly<z.infer<typeof windowSchema>>;
