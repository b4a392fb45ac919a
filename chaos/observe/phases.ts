/** The three parts of a run that are judged apart, as windows of time without gaps. */
import type { Phase } from '../../metrics/vocabulary.ts';
import type { Interval } from './intervals.ts';

export interface PhaseWindow extends Interval {
  readonly phase: Phase;
}

/** Phases in the order they were entered; the last one is open until the end of observation. */
export class PhaseClock {
  readonly #windows: PhaseWindow[] = [];

  get windows(): readonly PhaseWindow[] {
    return this.#windows;
  }

  get current(): Phase | undefined {
    const last = this.#windows.at(-1);
    return last?.toMs === Number.POSITIVE_INFINITY ? last.phase : undefined;
  }

  enter(phase: Phase, atMs: number): void {
    if (this.#windows.at(-1)?.phase === phase) return;
    this.end(atMs);
    this.#windows.push({ phase, fromMs: atMs, toMs: Number.POSITIVE_INFINITY });
  }

  end(atMs: number): void {
    const last = this.#windows.at(-1);
    if (last?.toMs === Number.POSITIVE_INFINITY) this.#windows[this.#windows.length - 1] = { ...last, toMs: atMs };
  }

  phaseAt(atMs: number): Phase | undefined {
    return this.#windows.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)?.phase;
  }
}
