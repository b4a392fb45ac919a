/** What a row of probes says about onset, recovery and outages: DESIGN.md's definitions as pure functions. */
import type { Probe } from './probe-track.ts';

/** How long a probe speaks for its layer at most: the slow cadence, and as much lag as is still no lag. */
export const coverMs = 400;

/** Shortest streak of good probes that counts as recovered. */
export const steadyStreakMs = 5000;

export interface Outage {
  /** Start of the first of at least two bad probes in a row. */
  readonly fromMs: number;
  /** Start of the last of them. */
  readonly lastBadMs: number;
  /** Start of the good probe before; the layer was up at some time after it. */
  readonly lastGoodMs: number;
  /** Completion of the good probe that ended it; undefined while it lasts. */
  readonly endedMs: number | undefined;
}

/** Start of the first bad probe that started in [from, until). */
export function onsetOf(probes: readonly Probe[], fromMs: number, untilMs: number): number | undefined {
  for (let i = firstFrom(probes, fromMs); i < probes.length; i++) {
    const probe = probes[i];
    if (probe === undefined || probe.startMs >= untilMs) return undefined;
    if (probe.result === 'bad') return probe.startMs;
  }
  return undefined;
}

export interface Recovered {
  readonly atMs: number;
  /** Between the starts of the probe before and of this one: the truth lies in there. Absent if there was none before. */
  readonly resolutionMs: number | undefined;
  /** How long the streak has lasted, as far as probes have told. */
  readonly streakMs: number;
}

/** The first good probe that completed after recovery began, of the streak that lasts until `untilMs`. One bad probe ends a streak. */
export function streakAfter(probes: readonly Probe[], recoveryStartMs: number, untilMs: number): Recovered | undefined {
  let first: Probe | undefined;
  let last: Probe | undefined;
  let before: Probe | undefined;
  for (let i = probes.length - 1; i >= 0; i--) {
    const probe = probes[i];
    if (probe === undefined || probe.startMs >= untilMs || probe.result === 'void') continue;
    if (probe.result === 'bad' || probe.endMs < recoveryStartMs) {
      before = probe;
      break;
    }
    if (probe.endMs >= untilMs) continue;
    first = probe;
    last ??= probe;
  }
  if (first === undefined || last === undefined) return undefined;
  const told = Math.min(untilMs, last.startMs + coverMs);
  return {
    atMs: first.endMs,
    resolutionMs: before && first.startMs - before.startMs,
    streakMs: Math.max(0, told - first.endMs),
  };
}

/** Good probes that started after `fromMs` and completed before `toMs`. */
export function goodBetween(probes: readonly Probe[], fromMs: number, toMs: number): number {
  let count = 0;
  for (let i = firstFrom(probes, fromMs); i < probes.length; i++) {
    const probe = probes[i];
    if (probe === undefined || probe.startMs >= toMs) break;
    if (probe.result === 'good' && probe.endMs < toMs) count++;
  }
  return count;
}

/** Outages with at least one bad probe that started in [from, until). */
export function outagesIn(probes: readonly Probe[], fromMs: number, untilMs: number): Outage[] {
  // From the good probe before on: an outage may have begun earlier. What is asked often must not read the whole run.
  let start = firstFrom(probes, fromMs);
  do start--;
  while (start > 0 && probes[start]?.result !== 'good');
  return outagesOf(probes.slice(Math.max(0, start))).filter(
    (outage) => outage.fromMs < untilMs && outage.lastBadMs >= fromMs,
  );
}

export function outagesOf(probes: readonly Probe[]): Outage[] {
  const outages: Outage[] = [];
  let bad: Probe[] = [];
  let lastGoodMs = Number.NEGATIVE_INFINITY;
  const close = (endedMs: number | undefined) => {
    const [first] = bad;
    const last = bad.at(-1);
    if (first !== undefined && last !== undefined && bad.length >= 2) {
      outages.push({ fromMs: first.startMs, lastBadMs: last.startMs, lastGoodMs, endedMs });
    }
    bad = [];
  };
  for (const probe of probes) {
    if (probe.result === 'bad') bad.push(probe);
    if (probe.result !== 'good') continue;
    close(probe.endMs);
    lastGoodMs = probe.startMs;
  }
  close(undefined);
  return outages;
}

/** Index of the first probe that started at or after a time. */
function firstFrom(probes: readonly Probe[], atMs: number): number {
  let low = 0;
  let high = probes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((probes[middle]?.startMs ?? atMs) < atMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
