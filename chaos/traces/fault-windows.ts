/** When each fault stood: from injection to heal; where the system heals itself, until it had. */
import type { JournalRecord } from '../journal/journal-records.ts';

export interface FaultWindow {
  readonly fault: string;
  /** Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
}

export function faultWindows(records: readonly JournalRecord[]): readonly FaultWindow[] {
  const endMs = records.find((record) => record.type === 'observed')?.window.to ?? Number.POSITIVE_INFINITY;
  return records.flatMap((record) => {
    if (record.type !== 'entry' || record.injectedAt === undefined) return [];
    const { name, injectedAt, healedAt, recoveredAt } = record;
    return { fault: name, fromMs: injectedAt, toMs: healedAt ?? recoveredAt ?? endMs };
  });
}
