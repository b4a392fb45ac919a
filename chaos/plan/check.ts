/** One thing that is asked of Prometheus, and what its answer must be. Plain data: it stands in the plan and in the journal. */
import type { Labels, Unit } from '../../metrics/sli.ts';
import type { Comparison } from '../scenario.ts';

/**
 * What a failure says: of `health` that the measurement cannot be trusted, of `precondition` that the experiment did not take
 * place as planned (both inconclusive), of `objective` that the system is broken, of `precision` that a figure is not known well
 * enough to be called held (inconclusive, unless something is broken).
 */
export type CheckKind = 'health' | 'precondition' | 'objective' | 'precision';

export type CheckCategory =
  | 'recorder'
  | 'observation'
  | 'steady-state'
  | 'injection'
  | 'exposure'
  | 'skill-success'
  | 'skill-uptime'
  | 'skill-doubled'
  | 'skill-lateness'
  | 'layer'
  | 'recovery'
  | 'durability'
  | 'connection'
  | 'agreement'
  | 'alert'
  | 'operator';

export interface Check {
  /** Unique in the plan. */
  readonly id: string;
  readonly kind: CheckKind;
  readonly category: CheckCategory;
  /** `skill success ratio (during) = 1` */
  readonly title: string;
  /** The PromQL that is sent, with nothing left to fill in. */
  readonly query: string;
  /** Label sets of a complete answer: each exactly once, and no other. */
  readonly series: readonly Labels[];
  /** What it means that it is violated, where the title does not say it to everybody. */
  readonly violated?: string;
  readonly unit: Unit;
  /** A value outside of it contradicts itself: no data. */
  readonly sane: { readonly min: number; readonly max: number };
  readonly demand: Demand;
}

export type Demand =
  /** Each value compares with the threshold. Asked for once, at the end. */
  | { readonly how: 'compare'; readonly is: Comparison; readonly threshold: number }
  /** Each value is what the journal says, to within a tolerance: two witnesses of the same moment. Asked for once, at the end. */
  | { readonly how: 'agree'; readonly about: 'sequence' | 'injectedAt' | 'healedAt'; readonly tolerance: number }
  /**
   * At each second of the observed window the value is 1, but for the seconds that `mayMiss` excuses: label set (as JSON) → entries
   * from whose injection until `graceSeconds` after whose recovery it may be anything. `share` of the seconds must have a value at all.
   */
  | {
      readonly how: 'throughout';
      readonly share: number;
      readonly graceSeconds: number;
      readonly mayMiss: Readonly<Record<string, readonly string[]>>;
    };

const signs: Readonly<Record<Comparison, string>> = { '==': '=', '>=': '≥', '<=': '≤' };
const units: Readonly<Record<Unit, string>> = { ratio: '', count: '', seconds: ' s', timestamp: '' };

/** `= 1`, `≤ 30 s`. */
export function demanded(is: Comparison, threshold: number, unit: Unit): string {
  return `${signs[is]} ${threshold}${units[unit]}`;
}

/** Figures that should be equal are sums of the same floats in another order; a single slot or second is far more than this. */
const epsilon = 1e-9;

export function compares(value: number, is: Comparison, threshold: number): boolean {
  if (is === '==') return Math.abs(value - threshold) <= epsilon;
  return is === '>=' ? value >= threshold - epsilon : value <= threshold + epsilon;
}

export function isSane(value: number, { min, max }: Check['sane']): boolean {
  return Number.isFinite(value) && value >= min - epsilon && value <= max + epsilon;
}

/** One spelling for a label set, so that two of them can be compared. */
export function labelKey(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
