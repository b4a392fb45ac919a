/** What stands in a journal: one JSON object a line, each with the version of this format. */
import { z } from 'zod';
import type { Plan } from '../plan/plan-shape.ts';
import { spanSchema } from '../traces/span.ts';
import { answerSchema, entrySchema, evidenceSchema, starvationSchema, windowSchema } from '../verdict/evidence.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** Raised when an older reader would misread a newer line. */
export const journalVersion = 2;

const { harnessFaults, steadyState, sequence } = evidenceSchema.shape;
const planned = z.looseObject({ version: z.number(), entries: z.array(z.unknown()), checks: z.array(z.unknown()) });

/** Evidence is strict; what only tells the story to a reader may carry more. */
export const recordSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('run-started'),
    runId: z.string(),
    plan: planned.transform((plan) => plan as unknown as Plan),
    versions: z.record(z.string(), z.string()),
  }),
  z.strictObject({ type: z.literal('steady-state'), ...steadyState.unwrap().shape }),
  z.strictObject({ type: z.literal('entry'), ...entrySchema.shape }),
  z.strictObject({ type: z.literal('harness-fault'), ...harnessFaults.element.shape }),
  z.strictObject({ type: z.literal('observed'), window: windowSchema, sequence: sequence.unwrap() }),
  z.strictObject({ type: z.literal('starved'), ...starvationSchema.shape }),
  z.strictObject({ type: z.literal('answer'), ...answerSchema.shape }),
  z.strictObject({
    type: z.literal('verdict'),
    verdict: z.looseObject({ outcome: z.string() }).transform((verdict) => verdict as unknown as Verdict),
  }),
  z.looseObject({ type: z.literal('phase'), phase: z.string() }),
  z.looseObject({ type: z.literal('fault'), fault: z.string(), what: z.string(), detail: z.string() }),
  z.looseObject({ type: z.literal('probe'), layer: z.string(), vantage: z.string(), result: z.string() }),
  z.looseObject({ type: z.literal('slot'), skill: z.string(), dueMs: z.number() }),
  z.looseObject({ type: z.literal('note'), text: z.string() }),
  z.strictObject({ type: z.literal('spans'), service: z.string(), spans: z.array(spanSchema) }),
  /** How many spans of the system stand in here, and how many do not, being too many, no spans, or not to be written down. */
  z.strictObject({ type: z.literal('traces'), spans: z.int(), over: z.int(), malformed: z.int(), unwritten: z.int() }),
]);

/** As the conductor hands it in. */
export type JournalEntry = z.infer<typeof recordSchema>;

/** As it stands in the file: with the format's version and the time of writing, Unix ms. */
export type JournalRecord = JournalEntry & { readonly v: number; readonly at: number };
