/** A plan: everything that will be done and judged, as frozen plain data. Made by `plan.ts`, written into the journal, enough to judge it again. */
import type { SliTopology } from '../../metrics/sli.ts';
import type { Vantage } from '../../metrics/vocabulary.ts';
import type { FaultSpec } from '../faults/registry.ts';
import type { Manifest } from '../manifest.ts';
import type { ExpectedAlert, LayerCondition, Scenario } from '../scenario.ts';
import type { Check } from './check.ts';

/** DESIGN: recovery of each failed layer and end to end takes at most this. */
export const recoveryBudgetMs = 30_000;

export interface Plan extends Outline {
  readonly checks: readonly Check[];
}

/** A plan without what is asked of Prometheus, which follows from it. */
export interface Outline {
  readonly version: 1;
  readonly scenarioName: string;
  readonly file: string;
  readonly target: string;
  readonly platform: string;
  readonly seed: number;
  readonly scenario: Scenario;
  readonly manifest: Manifest;
  /** How far back queries look: longer than the run can take. */
  readonly rangeSeconds: number;
  readonly entries: readonly PlannedEntry[];
  readonly topology: SliTopology;
  /** Nominal length of the phases; that of the last one without time for recovery. */
  readonly phasesMs: { readonly before: number; readonly during: number; readonly after: number };
}

export interface PlannedEntry {
  /** `1-link-reset` */
  readonly name: string;
  readonly fault: FaultSpec;
  /** Nominal times, ms from the end of the steady state. */
  readonly startMs: number;
  readonly endMs: number;
  readonly forMs: number;
  /** Until the next entry's start, or the end of observation. */
  readonly observeUntilMs: number;
  readonly healedBy: 'harness' | 'system';
  readonly expect: Readonly<Record<string, LayerCondition>>;
  /** Blast radius: the links and nodes that the fault touches, and the skills that it keeps from their schedule. */
  readonly targets: { readonly links: readonly string[]; readonly nodes: readonly string[] };
  readonly deferredSkills: readonly string[];
  /** Skills that the fault makes fail: what becomes of them meanwhile is for the scenario's own objectives. */
  readonly brokenSkills?: readonly string[];
  /** Nodes that remember nothing of the time before. */
  readonly forgetfulNodes?: readonly string[];
  /** How far ahead of the true time the clock of its nodes goes. */
  readonly clockOffsetMs?: number;
  /** What will look bad, from where it is judged; and whether a bad probe must be seen for the experiment to count. */
  readonly affected: readonly AffectedView[];
  /** Local skills that must have had this many slots due while the target was down; 0 if nothing is expected to be down for long. */
  readonly exposure: { readonly slots: number; readonly skills: readonly string[] };
  /** Least number of blows that must land; 0 for a fault that does not repeat. */
  readonly minBlows: number;
  /** Alerts that it must raise. */
  readonly alerts?: readonly ExpectedAlert[];
}

export interface AffectedView {
  readonly layer: string;
  readonly vantage: Vantage;
  readonly condition: Exclude<LayerCondition, 'ok'>;
  readonly mustShow: boolean;
}
