/** One alert that one fault must raise: when it fired for all that it must fire for, and when it fired no more. Pure but for being told. */
import type { Labels } from '../../metrics/sli.ts';
import type { ExpectedAlert } from '../scenario.ts';

/** Rules are evaluated each second and looked at twice a second: what is due is known this much later. */
const knownAfterMs = 2_000;

export class AlertRecord {
  readonly fault: string;
  readonly expected: ExpectedAlert;
  readonly #forMs: number;
  readonly #wanted: readonly Wanted[];
  #injectedMs: number | undefined;
  /** Another fault was injected since: what the alert does from then on is not this fault's. */
  #left = false;
  resolvedMs: number | undefined;
  unresolved = false;

  constructor(fault: string, forMs: number, expected: ExpectedAlert) {
    this.fault = fault;
    this.expected = expected;
    this.#forMs = forMs;
    this.#wanted = labelSetsOf(expected.labels ?? {}).map((labels) => ({ labels, armed: true, firedMs: undefined }));
  }

  get isInjected(): boolean {
    return this.#injectedMs !== undefined;
  }

  /** When it fired for the last of its labels; undefined while it has not for all. */
  get firedMs(): number | undefined {
    const times = this.#wanted.map(({ firedMs }) => firedMs ?? Number.POSITIVE_INFINITY);
    const last = Math.max(...times);
    return Number.isFinite(last) ? last : undefined;
  }

  get fired(): boolean {
    return this.firedMs !== undefined;
  }

  /** What fires already is no sign of this fault: only once it was silent again. */
  injected(atMs: number, firing: readonly Labels[]): void {
    this.#injectedMs = atMs;
    for (const wanted of this.#wanted) wanted.armed = !firing.some((labels) => includes(labels, wanted.labels));
  }

  leave(): void {
    if (this.isInjected) this.#left = true;
  }

  evaluated(atMs: number, firing: readonly Labels[]): void {
    if (this.#injectedMs === undefined || this.#left) return;
    let any = false;
    for (const wanted of this.#wanted) {
      const fires = firing.some((labels) => includes(labels, wanted.labels));
      any ||= fires;
      if (!fires) wanted.armed = true;
      else if (atMs < this.#injectedMs) wanted.armed = false;
      else if (wanted.armed) wanted.firedMs ??= atMs;
    }
    if (this.unresolved && !any) this.resolvedMs = atMs;
    this.unresolved = any;
  }

  /** Is it for this fault that the alert fires for these labels? */
  explains(alert: string, labels: Labels, atMs: number): boolean {
    if (alert !== this.expected.alert || this.#injectedMs === undefined || atMs < this.#injectedMs) return false;
    return this.#wanted.some((wanted) => includes(labels, wanted.labels));
  }

  settled(atMs: number): boolean {
    const { withinMs, resolvesWithinMs } = this.expected;
    if (this.#injectedMs === undefined || this.#left) return true;
    const sinceMs = atMs - this.#injectedMs - knownAfterMs;
    if (!this.fired) return sinceMs > withinMs;
    if (resolvesWithinMs === undefined) return true;
    return !this.unresolved || sinceMs > this.#forMs + resolvesWithinMs;
  }
}

interface Wanted {
  readonly labels: Labels;
  /** Silent since the fault was injected, or when it was. */
  armed: boolean;
  firedMs: number | undefined;
}

/** Every combination of the values; one empty set for none, which all labels include. */
function labelSetsOf(labels: Readonly<Record<string, readonly string[]>>): readonly Labels[] {
  return Object.entries(labels).reduce<readonly Labels[]>(
    (sets, [label, values]) => sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value }))),
    [{}],
  );
}

function includes(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([label, value]) => labels[label] === value);
}
