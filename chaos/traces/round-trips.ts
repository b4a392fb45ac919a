/** The end-to-end probe's round trips, as a journal tells them: request, run, event on the user's connection. */
import { z } from 'zod';
import type { JournalRecord } from '../journal/journal-records.ts';

const roundTrip = z.object({
  text: z.literal('round-trip'),
  run: z.string(),
  trace: z.string(),
  requestedMs: z.number(),
  finishedMs: z.number(),
});

export type RoundTripTold = z.infer<typeof roundTrip>;

export function roundTripsIn(records: readonly JournalRecord[]): readonly RoundTripTold[] {
  return records.flatMap((record) => (record.type === 'note' ? (roundTrip.safeParse(record).data ?? []) : []));
}
