/** The probes of one layer from one vantage: they overlap and finish in any order, and are handed on in the order of their start. */

export interface Probe {
  readonly startMs: number;
  readonly endMs: number;
  /** `void`: it proves nothing, because the harness itself lagged, or because a fault was injected while it was in flight. */
  readonly result: 'good' | 'bad' | 'void';
  /** Why it was bad. */
  readonly detail?: string;
}

export interface ProbeOutcome {
  readonly good: boolean;
  /** It was the deadline that ended it: no evidence if the harness slept through part of it. */
  readonly timedOut?: boolean;
  /** The probe itself broke: nothing was seen of the system. */
  readonly unobserved?: boolean;
  readonly detail?: string;
}

export interface Flight {
  readonly startMs: number;
  settled?: Probe;
}

/** Some 40 minutes at the fast cadence; a track that is full observes nothing more. */
const maxProbes = 100_000;

export class ProbeTrack {
  readonly #settled: Probe[] = [];
  readonly #flights: Flight[] = [];
  readonly #isVoid: (startMs: number, endMs: number, outcome: ProbeOutcome) => boolean;
  readonly #onSettled: (probe: Probe) => void;

  constructor(
    isVoid: (startMs: number, endMs: number, outcome: ProbeOutcome) => boolean,
    onSettled: (probe: Probe) => void = () => {},
  ) {
    this.#isVoid = isVoid;
    this.#onSettled = onSettled;
  }

  /** Settled probes, in the order of their start; all that started before them are settled too. */
  get probes(): readonly Probe[] {
    return this.#settled;
  }

  get inFlight(): number {
    return this.#flights.length;
  }

  settledUntil(atMs: number): boolean {
    const [first] = this.#flights;
    return first === undefined || first.startMs >= atMs;
  }

  get full(): boolean {
    return this.#settled.length + this.#flights.length >= maxProbes;
  }

  begin(startMs: number): Flight {
    const flight: Flight = { startMs };
    this.#flights.push(flight);
    return flight;
  }

  settle(flight: Flight, endMs: number, outcome: ProbeOutcome): void {
    const { startMs } = flight;
    const result = this.#isVoid(startMs, endMs, outcome) ? 'void' : outcome.good ? 'good' : 'bad';
    flight.settled = { startMs, endMs, result, ...(outcome.detail !== undefined && { detail: outcome.detail }) };
    for (let first = this.#flights[0]; first?.settled !== undefined; first = this.#flights[0]) {
      this.#flights.shift();
      this.#settled.push(first.settled);
      this.#onSettled(first.settled);
    }
  }
}
