/** For tests: the journal of a run with one fault, and the spans of runs as the system sends them. */
import type { JournalEntry, JournalRecord } from '../journal/journal-records.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { JournalSpan } from './span.ts';

/** Unix ms: when the fault is injected; it is healed 10 s later. */
export const injectedAt = 1_760_000_000_500;
export const healedAt = injectedAt + 10_000;
/** Due time of the first slot that is due while the fault stands; there is one each second. */
export const firstDueMs = 1_760_000_001_000;

const runtime = 'openclaw-runtime';
const skills = { local: { requires: [] }, other: { requires: [] }, remote: { requires: ['gateway'] } };

/** A journal's records, the fault's among them. */
export function story(...entries: readonly JournalEntry[]): readonly JournalRecord[] {
  const plan = { manifest: { skills } } as unknown as Plan;
  const all: readonly JournalEntry[] = [
    { type: 'run-started', runId: 'r', plan, versions: {} },
    ...entries,
    { type: 'entry', name: '1-outage', injectedAt, healedAt, undone: true },
  ];
  return all.map((entry) => ({ v: 2, at: injectedAt, ...entry }));
}

export function slot(skill: string, dueMs: number, executed = true): JournalEntry {
  return { type: 'slot', skill, dueMs, executed };
}

export function spans(list: readonly JournalSpan[], service = runtime): JournalEntry {
  return { type: 'spans', service, spans: [...list] };
}

/** Of a scheduled run: the run, from 2 ms after its due time for 100 ms, and the start of its process, done 5 ms after its due time. */
export function runSpans(skill: string, dueMs: number, attributes: JournalSpan['attributes'] = {}): JournalSpan[] {
  const trace = traceOf(skill, dueMs);
  const run: JournalSpan = {
    trace,
    id: id(1),
    name: `run ${skill}`,
    kind: 'internal',
    startMs: dueMs + 2,
    ms: 100,
    attributes: {
      'openclaw.run.trigger': 'schedule',
      'openclaw.run.attempt': 1,
      'openclaw.run.outcome': 'succeeded',
      'openclaw.run.due_at': dueMs,
      'openclaw.skill.name': skill,
      ...attributes,
    },
  };
  return [run, { trace, id: id(2), parent: id(1), name: 'start process', kind: 'internal', startMs: dueMs + 3, ms: 2 }];
}

/** A call to the gateway that the run makes, so long after its due time. */
export function call(skill: string, dueMs: number, afterMs: number): JournalSpan {
  const startMs = dueMs + afterMs;
  return {
    trace: traceOf(skill, dueMs),
    id: id(100 + afterMs),
    parent: id(1),
    name: 'GET /x',
    kind: 'client',
    startMs,
    ms: 1,
  };
}

function traceOf(skill: string, dueMs: number): string {
  return Buffer.from(`${skill}${dueMs}`).toString('hex').padEnd(32, '0').slice(0, 32);
}

function id(number: number): string {
  return number.toString(16).padStart(16, '0');
}
