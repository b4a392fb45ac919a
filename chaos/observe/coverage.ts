/** Turns probes into seconds observed and seconds available, by phase, as values that grow: exact between scrapes. Pure but for its position. */
import type { Phase } from '../../metrics/vocabulary.ts';
import { type Interval, lengthWithout } from './intervals.ts';
import type { PhaseWindow } from './phases.ts';
import type { Probe } from './probe-track.ts';
import { coverMs } from './streaks.ts';

export interface Seconds {
  observed: number;
  available: number;
}

export class Coverage {
  /** The first probe that has not been accounted for. */
  #next = 0;
  readonly seconds: Record<Phase, Seconds> = {
    before: { observed: 0, available: 0 },
    during: { observed: 0, available: 0 },
    after: { observed: 0, available: 0 },
  };

  /**
   * Accounts for all probes whose verdict is known. A probe speaks from its start to the start of the next, for `coverMs` at most.
   * With `endMs`, the end of observation, also for the last ones.
   */
  advance(probes: readonly Probe[], windows: readonly PhaseWindow[], lags: readonly Interval[], endMs?: number): void {
    for (; this.#next < probes.length; this.#next++) {
      const probe = probes[this.#next];
      const following = probes[this.#next + 1];
      const toMs = following?.startMs ?? endMs;
      if (probe === undefined || toMs === undefined) return;
      if (probe.result === 'void') continue;
      const down = isDown(probes, this.#next, endMs !== undefined);
      if (down === undefined) return;
      this.#add({ fromMs: probe.startMs, toMs: Math.min(toMs, probe.startMs + coverMs) }, down, windows, lags);
    }
  }

  #add(span: Interval, down: boolean, windows: readonly PhaseWindow[], lags: readonly Interval[]): void {
    for (const { phase, fromMs, toMs } of windows) {
      const part = { fromMs: Math.max(fromMs, span.fromMs), toMs: Math.min(toMs, span.toMs) };
      if (part.toMs <= part.fromMs) continue;
      const seconds = lengthWithout(part, lags) / 1000;
      this.seconds[phase].observed += seconds;
      if (!down) this.seconds[phase].available += seconds;
    }
  }
}

/** Is this probe part of an outage, that is, of two bad ones in a row? Undefined while that depends on a probe that has not settled. */
function isDown(probes: readonly Probe[], index: number, final: boolean): boolean | undefined {
  if (probes[index]?.result !== 'bad') return false;
  if (neighbour(probes, index, -1)?.result === 'bad') return true;
  const next = neighbour(probes, index, 1);
  return next === undefined && !final ? undefined : next?.result === 'bad';
}

function neighbour(probes: readonly Probe[], index: number, step: 1 | -1): Probe | undefined {
  for (let i = index + step; i >= 0 && i < probes.length; i += step) {
    const probe = probes[i];
    if (probe !== undefined && probe.result !== 'void') return probe;
  }
  return undefined;
}
