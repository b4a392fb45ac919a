/** All spans that stand in a journal. */
import type { JournalRecord } from '../journal/journal-records.ts';
import type { Span } from './span.ts';

export function spansIn(records: readonly JournalRecord[]): readonly Span[] {
  return records.flatMap((record) =>
    record.type === 'spans' ? record.spans.map((span) => ({ ...span, service: record.service })) : [],
  );
}
