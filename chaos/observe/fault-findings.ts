/** What the probes say about one fault: onset, outages, good probes while it stood, recovery, for each layer and vantage. Pure. */
import { recoveryBudgetMs } from '../plan/plan-shape.ts';
import type { FaultRecord } from './fault-record.ts';
import type { Probe } from './probe-track.ts';
import { goodBetween, onsetOf, outagesIn, type Recovered, steadyStreakMs, streakAfter } from './streaks.ts';
import { endToEndRecovered, type RoundTrip } from './user.ts';
import { endToEndView, type View, viewKey } from './views.ts';

interface ViewFinding extends View {
  readonly onsetMs: number | undefined;
  readonly recoveryStartMs: number | undefined;
  /** Of a streak of at least 5 s that lasts until now. */
  readonly recoveredMs: number | undefined;
  /** The truth lies at most this much before `recoveredMs`. */
  readonly resolutionMs: number | undefined;
  readonly outages: number;
  /** Good probes from onset to heal. */
  readonly goodProbes: number;
  /** An outage stands, or the time that recovery may take is over without one. Less than that is no data, not a failure. */
  readonly unrecovered: boolean;
}

export interface FaultFinding {
  readonly fault: string;
  readonly views: readonly ViewFinding[];
  /** From when to when its target was down, for exposure; undefined before that began. */
  readonly down: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** When the last layer that it hit, and the way end to end, had recovered; undefined before. */
  readonly recoveredMs: number | undefined;
}

export interface Evidence {
  readonly tracks: readonly { readonly view: View; readonly probes: readonly Probe[] }[];
  /** Undefined if the target has no end-to-end probe. */
  readonly roundTrips: readonly RoundTrip[] | undefined;
  /** Where each hit layer is judged. */
  readonly judged: (layer: string) => View;
  /** To the end of this fault's observation, or to now. */
  readonly untilMs: number;
}

/** Undefined before the injection. */
export function findingOf(record: FaultRecord, evidence: Evidence): FaultFinding | undefined {
  const { tracks, roundTrips, judged, untilMs } = evidence;
  if (record.injectedMs === undefined) return undefined;
  const views = tracks.map(({ view, probes }) => viewFinding(record, view, probes, untilMs));
  const hit = new Set(record.hitLayers.map((layer) => viewKey(judged(layer))));
  const judgedViews = views.filter((view) => hit.has(viewKey(view)));
  const hitProbes = tracks.flatMap(({ view, probes }) => (hit.has(viewKey(view)) ? [probes] : []));
  const endToEnd = roundTrips && endToEndFinding(record, roundTrips, hitProbes, untilMs);
  const needed = [...judgedViews, ...(endToEnd ? [endToEnd] : [])];
  const recovered = needed.map(({ recoveredMs }) => recoveredMs ?? Number.POSITIVE_INFINITY);
  const recoveredMs = Math.max(record.recoveryStartMs ?? Number.POSITIVE_INFINITY, ...recovered);
  return {
    fault: record.entry.name,
    views: endToEnd ? [...views, endToEnd] : views,
    down: downSpan(record, judgedViews, untilMs),
    recoveredMs: Number.isFinite(recoveredMs) ? recoveredMs : undefined,
  };
}

function viewFinding(record: FaultRecord, view: View, probes: readonly Probe[], untilMs: number): ViewFinding {
  const { injectedMs = untilMs, recoveryStartMs, healedMs } = record;
  const onsetMs = onsetOf(probes, injectedMs, untilMs);
  const streak = recoveryStartMs === undefined ? undefined : streakAfter(probes, recoveryStartMs, untilMs);
  const recovered = streak !== undefined && streak.streakMs >= steadyStreakMs ? streak : undefined;
  const healMs = Math.min(healedMs ?? recoveryStartMs ?? untilMs, untilMs);
  const outages = outagesIn(probes, injectedMs, untilMs);
  const stands = outages.some(({ endedMs }) => endedMs === undefined || endedMs > untilMs);
  return {
    layer: view.layer,
    vantage: view.vantage,
    onsetMs,
    recoveryStartMs,
    recoveredMs: recovered?.atMs,
    resolutionMs: recovered?.resolutionMs,
    outages: outages.length,
    goodProbes: onsetMs === undefined ? 0 : goodBetween(probes, onsetMs, healMs),
    unrecovered: stands || (onsetMs !== undefined && budgetSpent(record, untilMs) && !mayStillRecover(record, streak)),
  };
}

/** Good since before its time was over: whether that lasts is known, or will be. */
function mayStillRecover({ recoveryStartMs = 0 }: FaultRecord, streak: Recovered | undefined): boolean {
  return (
    streak !== undefined && (streak.streakMs >= steadyStreakMs || streak.atMs - recoveryStartMs <= recoveryBudgetMs)
  );
}

function endToEndFinding(
  record: FaultRecord,
  roundTrips: readonly RoundTrip[],
  hit: readonly (readonly Probe[])[],
  untilMs: number,
): ViewFinding {
  const { recoveryStartMs } = record;
  const recovered =
    recoveryStartMs === undefined
      ? undefined
      : endToEndRecovered(roundTrips, feltFromMs(record, recoveryStartMs, hit, untilMs), untilMs);
  return {
    ...endToEndView,
    onsetMs: undefined,
    recoveryStartMs,
    recoveredMs: recovered?.atMs,
    resolutionMs: recovered?.resolutionMs,
    outages: 0,
    goodProbes: 0,
    unrecovered: recovered === undefined && budgetSpent(record, untilMs),
  };
}

/** A kill takes a moment, the last one as the first: a run that slipped in between its being dealt and being felt proves nothing. */
function feltFromMs(
  { entry, injectedMs = 0 }: FaultRecord,
  recoveryStartMs: number,
  hit: readonly (readonly Probe[])[],
  untilMs: number,
): number {
  const dealtMs = entry.healedBy === 'system' ? recoveryStartMs : injectedMs;
  return Math.max(recoveryStartMs, ...hit.flatMap((probes) => onsetOf(probes, dealtMs, untilMs) ?? []));
}

function budgetSpent({ recoveryStartMs }: FaultRecord, untilMs: number): boolean {
  return recoveryStartMs !== undefined && untilMs - recoveryStartMs >= recoveryBudgetMs;
}

/**
 * While the target was down: from onset to heal, or to recovery where the system heals itself. A fault that is expected to take no
 * layer down (a slow link) exposes from injection to heal.
 */
function downSpan(record: FaultRecord, hit: readonly ViewFinding[], untilMs: number): FaultFinding['down'] {
  const onsets = hit.flatMap(({ onsetMs }) => onsetMs ?? []);
  const fromMs = hit.length === 0 ? record.injectedMs : Math.min(...onsets);
  if (fromMs === undefined || !Number.isFinite(fromMs)) return undefined;
  if (record.entry.healedBy === 'harness') return { fromMs, toMs: Math.min(record.healedMs ?? untilMs, untilMs) };
  const recovered = hit.map(({ recoveredMs }) => recoveredMs ?? untilMs);
  return { fromMs, toMs: Math.max(record.recoveryStartMs ?? fromMs, ...recovered) };
}
