/**
 * Independence: of the runs that were due by schedule while a fault stood, the share whose way from due time to process start contains no
 * call to another layer. It is the system's own word about itself: it explains a verdict, and never decides one. Pure.
 */
import type { JournalRecord } from '../journal/journal-records.ts';
import { faultWindows } from './fault-windows.ts';
import type { Span } from './span.ts';
import { spansIn } from './spans-in.ts';

export interface Independence {
  /** Runs whose way to their process is known. */
  readonly judged: number;
  readonly independent: number;
  /** Runs that took place, but whose way is not known: a kill takes the last spans with it. */
  readonly untraced: number;
  /** Spans that the harness was sent and did not keep. */
  readonly refused: number;
}

/** Only of skills that by the manifest require no other node: the others wait for it, and are to. */
export function independenceOf(records: readonly JournalRecord[]): Independence {
  const windows = faultWindows(records);
  const local = localSkills(records);
  const stood = (dueMs: number) => windows.some(({ fromMs, toMs }) => fromMs <= dueMs && dueMs <= toMs);
  const spans = spansIn(records);
  const byTrace = Map.groupBy(spans, ({ trace }) => trace);
  const runs = new Map(
    executedSlots(records)
      .filter(({ skill, dueMs }) => local.has(skill) && stood(dueMs))
      .map(({ skill, dueMs }): [string, Span | undefined] => [`${skill}@${dueMs}`, undefined]),
  );
  for (const span of spans) {
    const { skill, dueMs } = scheduledRun(span) ?? {};
    if (skill === undefined || dueMs === undefined || !local.has(skill) || !stood(dueMs)) continue;
    const run = `${skill}@${dueMs}`;
    if (runs.get(run) === undefined || isTakenUp(runs.get(run))) runs.set(run, span);
  }
  const ways = [...runs.values()].map((run) => run && wayOf(run, byTrace));
  const count = (way: Way | undefined) => ways.filter((one) => one === way).length;
  const independent = count('alone');
  return {
    judged: independent + count('with a call'),
    independent,
    untraced: count(undefined),
    refused: refusedSpans(records),
  };
}

type Way = 'alone' | 'with a call';

/** Undefined if that cannot be told. The way is in the run's own trace and in that which claimed its slot, with which it is linked. */
function wayOf(run: Span, byTrace: ReadonlyMap<string, readonly Span[]>): Way | undefined {
  const own = byTrace.get(run.trace) ?? [];
  const start = own.find(({ parent, name }) => parent === run.id && name === 'start process');
  // Without a process: the call was in vain. But one that did have a process has lost the span of its start.
  if (start === undefined && (isTakenUp(run) || run.attributes?.['openclaw.run.outcome'] === 'succeeded'))
    return undefined;
  const endMs = endOf(start ?? run);
  const linked = (run.links ?? []).map((trace) => byTrace.get(trace));
  const before = [own, ...linked].flatMap((spans = []) => spans.filter(({ startMs }) => startMs < endMs));
  if (before.some(({ kind, service }) => kind === 'client' && service === run.service)) return 'with a call';
  return start === undefined || linked.includes(undefined) || hasGap(run, before) ? undefined : 'alone';
}

/** Is one of them a part of what never came? That may have been a call. (One that was lost and never answered leaves no sign.) */
function hasGap(run: Span, spans: readonly Span[]): boolean {
  const ids = new Set(spans.map(({ id }) => id));
  return spans.some(({ id, parent }) => id !== run.id && parent !== undefined && !ids.has(parent));
}

/** Of a first attempt: later ones follow from it. */
function scheduledRun({ name, attributes = {} }: Span): { readonly skill: string; readonly dueMs: number } | undefined {
  const { 'openclaw.run.trigger': trigger, 'openclaw.run.attempt': attempt } = attributes;
  if (!name.startsWith('run ') || trigger !== 'schedule' || attempt !== 1) return undefined;
  return { skill: String(attributes['openclaw.skill.name']), dueMs: Number(attributes['openclaw.run.due_at']) };
}

function isTakenUp(run: Span | undefined): boolean {
  return run?.attributes?.['openclaw.run.taken_up'] === true;
}

function endOf({ startMs, ms }: Span): number {
  return startMs + ms;
}

function localSkills(records: readonly JournalRecord[]): ReadonlySet<string> {
  const skills = records.find((record) => record.type === 'run-started')?.plan.manifest.skills ?? {};
  return new Set(Object.keys(skills).filter((skill) => skills[skill]?.requires.length === 0));
}

function executedSlots(records: readonly JournalRecord[]) {
  return records.filter((record) => record.type === 'slot').filter(({ executed }) => executed === true);
}

function refusedSpans(records: readonly JournalRecord[]): number {
  return records
    .filter((record) => record.type === 'traces')
    .reduce((sum, { over, malformed, unwritten }) => sum + over + malformed + unwritten, 0);
}
