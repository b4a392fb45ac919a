/** How hard it was for this process to observe: how long its event loop stood still, and how long it waited for a core. */
import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { RunStage } from '../run-listener.ts';

/** Of one run's harness, from the first probe to the last. */
export interface Strain {
  /** The longest that the event loop stood still: a probe that waited for it measured nothing. */
  readonly maxLagMs: number;
  /** Seconds that a second of work took: 1 on an idle machine, 2 if it waited for a core as long as it ran. Undefined if the kernel does not tell. */
  readonly stretch: number | undefined;
}

const resolutionMs = 10;

export class StrainGauge {
  readonly #histogram = monitorEventLoopDelay({ resolution: resolutionMs });
  #before: SchedulerTimes | undefined;
  #strain: Strain | undefined;

  /** Starting and asking Prometheus, in which nothing is observed, do not count. */
  enter(stage: RunStage): void {
    if (stage === 'steady-state') {
      this.#before = schedulerTimes();
      this.#histogram.enable();
    }
    if (stage !== 'judging' && stage !== 'removing') return;
    if (!this.#histogram.disable()) return;
    this.#strain = {
      maxLagMs: Math.max(0, this.#histogram.max / 1e6 - resolutionMs),
      stretch: stretchBetween(this.#before, schedulerTimes()),
    };
  }

  /** Undefined unless it was observed to the end. */
  get strain(): Strain | undefined {
    return this.#strain;
  }
}

interface SchedulerTimes {
  readonly ranNs: number;
  readonly waitedNs: number;
}

/** Of the thread of the event loop, from proc(5): time on a core, and time runnable without one. */
function schedulerTimes(): SchedulerTimes | undefined {
  try {
    const [ranNs = Number.NaN, waitedNs = Number.NaN] = readFileSync('/proc/self/schedstat', 'utf8')
      .split(' ')
      .map(Number);
    return { ranNs, waitedNs };
  } catch {
    return undefined;
  }
}

function stretchBetween(before: SchedulerTimes | undefined, after: SchedulerTimes | undefined): number | undefined {
  if (before === undefined || after === undefined) return undefined;
  const ranNs = after.ranNs - before.ranNs;
  return ranNs > 0 ? (ranNs + after.waitedNs - before.waitedNs) / ranNs : undefined;
}
