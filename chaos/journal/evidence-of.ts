/** Collects the evidence from a journal's records; the conductor does so too, so that a verdict never rests on anything that was not written down. */
import type { Answer, EntryEvidence, Evidence } from '../verdict/evidence.ts';
import type { JournalEntry, JournalRecord } from './journal-records.ts';

type Of<T extends JournalEntry['type']> = Extract<JournalRecord, { type: T }>;

export function evidenceOf(records: readonly JournalRecord[]): Evidence {
  const all = <T extends JournalEntry['type']>(type: T) =>
    records.filter((record): record is Of<T> => record.type === type);
  const steadyStates = all('steady-state');
  const observed = all('observed');
  const harnessFaults = all('harness-fault').map(({ part, detail }) => ({ part, detail }));
  // Said twice is a contradiction even if both say the same: nobody writes it twice.
  for (const [what, times] of [
    ['the steady state', steadyStates.length],
    ['what was observed', observed.length],
    ['the start of the run', all('run-started').length],
  ] as const) {
    if (times > 1) harnessFaults.push({ part: 'journal', detail: `${what} is written down ${times} times` });
  }
  const [steady] = steadyStates;
  const [end] = observed;
  return {
    harnessFaults,
    ...(steady && { steadyState: { reached: steady.reached, detail: steady.detail } }),
    entries: all('entry').map(bare<EntryEvidence>),
    ...(end && { sequence: end.sequence, observedWindow: end.window }),
    answers: all('answer').map(bare<Answer>),
    starved: all('starved').map(bare<Evidence['starved'][number]>),
  };
}

function bare<T>({ v: _v, at: _at, type: _type, ...rest }: { v: number; at: number; type: string } & T): T {
  return rest as unknown as T;
}
