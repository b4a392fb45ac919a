/**
 * How long to wait before a layer is started again: not at all at first, longer while it keeps dying young. Past a restart intensity
 * (as Erlang/OTP has it: more than N deaths in T seconds) it is given far more time: what is above a supervisor here is a person.
 */
const firstDelayMs = 100;
const maxDelayMs = 1000;
const youngMs = 3000;
const settledMs = 10_000;
const intensity = { deaths: 30, withinMs: 60_000 } as const;
const firstLongDelayMs = 5000;
const maxLongDelayMs = 30_000;
/** sysexits.h EX_CONFIG: it will die of the same again until somebody mends its configuration. */
export const configurationError = 78;

export interface Restart {
  readonly delayMs: number;
  /** Set from when the intensity is exceeded until the layer has settled: deaths within the last minute. */
  readonly tooMany?: number;
}

export class RestartDelay {
  readonly #now: () => number;
  #young = 0;
  #recent: number[] = [];
  /** Long delays given in a row; they end only when the layer has settled. */
  #long = 0;

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** To be asked once at each death. */
  after(uptimeMs: number, exitCode: number | null): Restart {
    if (uptimeMs >= settledMs) this.#settle();
    const deaths = this.#countDeath();
    if (deaths > intensity.deaths || this.#long > 0) return { delayMs: this.#longDelay(), tooMany: deaths };
    const delayMs = this.#young === 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** (this.#young - 1));
    if (uptimeMs < youngMs) this.#young += 1;
    return { delayMs: exitCode === configurationError ? maxDelayMs : delayMs };
  }

  #settle(): void {
    this.#young = 0;
    this.#long = 0;
  }

  #countDeath(): number {
    const now = this.#now();
    this.#recent = [...this.#recent.filter((at) => at > now - intensity.withinMs), now].slice(-intensity.deaths - 1);
    return this.#recent.length;
  }

  #longDelay(): number {
    this.#long += 1;
    return Math.min(maxLongDelayMs, firstLongDelayMs * 2 ** (this.#long - 1));
  }
}
