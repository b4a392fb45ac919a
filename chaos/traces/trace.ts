/** One trace: its spans in the order of a tree, and which traces of a run are worth a look. Pure. */
import type { JournalRecord } from '../journal/journal-records.ts';
import { type FaultWindow, faultWindows } from './fault-windows.ts';
import { type RoundTripTold, roundTripsIn } from './round-trips.ts';
import type { Span } from './span.ts';
import { spansIn } from './spans-in.ts';

export interface Trace {
  readonly id: string;
  readonly rows: readonly TraceRow[];
  /** Of the user, if it was the user who asked and heard of the end. */
  readonly roundTrip: RoundTripTold | undefined;
  /** That stood at some time of it. */
  readonly faults: readonly FaultWindow[];
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TraceRow {
  readonly span: Span;
  /** 0: what it is a part of has sent no span. */
  readonly depth: number;
}

/** All of a run. */
export function tracesIn(records: readonly JournalRecord[]): readonly Trace[] {
  const roundTrips = new Map(roundTripsIn(records).map((roundTrip) => [roundTrip.trace, roundTrip]));
  const windows = faultWindows(records);
  return [...Map.groupBy(spansIn(records), ({ trace }) => trace)].map(([id, spans]) => {
    const roundTrip = roundTrips.get(id);
    const fromMs = Math.min(...spans.map(({ startMs }) => startMs), roundTrip?.requestedMs ?? Number.POSITIVE_INFINITY);
    const toMs = Math.max(...spans.map(({ startMs, ms }) => startMs + ms), roundTrip?.finishedMs ?? 0);
    const faults = windows.filter((window) => window.fromMs <= toMs && fromMs <= window.toMs);
    return { id, rows: rowsOf(spans), roundTrip, faults, fromMs, toMs };
  });
}

/** Two at most: the slowest round trip; and of what no user waited for, the longest over a fault's beginning or end, else the longest while one stood. */
export function noteworthy(traces: readonly Trace[]): readonly Trace[] {
  const { asked = [], unasked = [] } = Object.groupBy(traces, ({ roundTrip }) => (roundTrip ? 'asked' : 'unasked'));
  const touched = unasked.filter(({ faults }) => faults.length > 0);
  const slowest = longest(asked);
  const crossed = longest(touched.filter(crosses)) ?? longest(touched);
  return [slowest, crossed ?? (slowest === undefined ? longest(traces) : undefined)].filter((it) => it !== undefined);
}

function crosses({ faults, fromMs, toMs }: Trace): boolean {
  return faults.some((fault) => [fault.fromMs, fault.toMs].some((atMs) => fromMs < atMs && atMs < toMs));
}

function longest(traces: readonly Trace[]): Trace | undefined {
  return traces.toSorted((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs))[0];
}

/** Depth first, each generation by time. Spans that name each other as parents are begun with the first of them. */
function rowsOf(spans: readonly Span[]): readonly TraceRow[] {
  const byTime = spans.toSorted((a, b) => a.startMs - b.startMs);
  const ids = new Set(spans.map(({ id }) => id));
  const children = Map.groupBy(byTime, ({ parent }) => (parent !== undefined && ids.has(parent) ? parent : undefined));
  const seen = new Set<Span>();
  const rows: TraceRow[] = [];
  const visit = (span: Span, depth: number): void => {
    if (seen.has(span)) return;
    seen.add(span);
    rows.push({ span, depth });
    for (const child of children.get(span.id) ?? []) visit(child, depth + 1);
  };
  for (const root of children.get(undefined) ?? []) visit(root, 0);
  for (const span of byTime) visit(span, 0);
  return rows;
}
