/** What a round showed: whether the promise was kept, and what there was to keep. Pure. */
import { endToEnd, type verdictOutcomes } from '../../metrics/vocabulary.ts';
import type { ObservationSummary } from '../observe/close-books.ts';
import { type PlannedEntry, recoveryBudgetMs } from '../plan/plan-shape.ts';
import type { ConductedEntry } from '../run/conduct-entry.ts';
import type { Starvation } from '../run/cpu-pressure.ts';
import type { SteadyState } from '../run/steady-state.ts';

export interface RoundResult {
  /** Undefined if the round had none. */
  readonly fault: string | undefined;
  readonly outcome: RoundOutcome;
  /** Why it is not held; empty if it is. */
  readonly reasons: readonly string[];
  readonly recoveries: readonly Recovery[];
  readonly slots: SlotCounts;
  /** Acknowledged messages, the user's and the crowd's, that were looked for in the history. */
  readonly messages: number;
  /** Messages, runs, events and sessions that were promised and are gone, or came twice. */
  readonly lost: number;
  readonly doubled: number;
}

export interface SlotCounts {
  readonly due: number;
  /** Not executed. */
  readonly missed: number;
  /** Executed, but not in time. */
  readonly late: number;
}

export type RoundOutcome = (typeof verdictOutcomes)[number];

export interface Recovery {
  /** A layer, or the whole way `end-to-end`. */
  readonly layer: string;
  /** From heal, or from the last blow where the system heals itself. */
  readonly seconds: number;
}

export interface RoundEvidence {
  readonly entry: PlannedEntry | undefined;
  readonly conducted: ConductedEntry | undefined;
  readonly steady: SteadyState;
  readonly summary: Pick<ObservationSummary, 'skills' | 'durable' | 'disagreements' | 'faults' | 'problems' | 'gone'>;
  /** Of the machine, while the round went on. */
  readonly starvations: readonly Starvation[];
}

const starved = 'this machine had more to do than it can: skills and layers had to wait for it';

export function resultOf(evidence: RoundEvidence): RoundResult {
  const { entry, summary } = evidence;
  const skills = Object.values(summary.skills);
  const tallies = Object.values(summary.durable);
  const broken = brokenReasons(evidence);
  const unknown = unknownReasons(evidence);
  // What is broken on a starved machine says nothing of the system.
  if (broken.length > 0 && evidence.starvations.length > 0) unknown.push(starved);
  const outcome = unknown.length > 0 ? 'inconclusive' : broken.length > 0 ? 'broken' : 'held';
  return {
    fault: entry?.name,
    outcome,
    reasons: [...unknown, ...broken],
    recoveries: recoveriesOf(evidence),
    slots: {
      due: sum(skills, ({ due }) => due),
      missed: sum(skills, ({ due, executed }) => due - executed),
      late: sum(skills, ({ executed, inTime }) => executed - inTime),
    },
    messages: (summary.durable.message?.checked ?? 0) + (summary.durable['crowd-message']?.checked ?? 0),
    lost: sum(tallies, ({ lost }) => lost.length),
    doubled: sum(tallies, ({ doubled }) => doubled.length) + sum(skills, ({ doubled }) => doubled),
  };
}

/** Why it cannot be told how the system fared. */
function unknownReasons({ entry, conducted, steady, summary }: RoundEvidence): string[] {
  const unproved = entry && !conducted?.proof?.proved;
  return [
    ...(steady.reached ? [] : [`it was not well before the fault: ${steady.detail}`]),
    ...(unproved ? [`the fault was not proved: ${conducted?.proof?.evidence ?? 'it was not injected'}`] : []),
    ...summary.problems,
  ];
}

function brokenReasons({ entry, summary }: RoundEvidence): string[] {
  const skills = Object.entries(summary.skills).flatMap(([skill, { due, executed, inTime, doubled, outcomes }]) => [
    ...(executed < due ? [`${skill}: ${due - executed} of ${due} slots missed`] : []),
    ...(inTime < executed ? [`${skill}: ${executed - inTime} of ${due} slots late`] : []),
    ...(doubled > 0 ? [`${skill}: ${doubled} slots run twice`] : []),
    ...(outcomes !== undefined && outcomes.failed > 0 ? [`${skill}: ${outcomes.failed} of ${due} slots failed`] : []),
  ]);
  const durable = Object.entries(summary.durable).flatMap(([what, { checked, lost, doubled }]) => [
    ...(lost.length > 0 ? [`${lost.length} of ${checked} ${what}s lost`] : []),
    ...(doubled.length > 0 ? [`${doubled.length} of ${checked} ${what}s came twice`] : []),
  ]);
  const said = summary.disagreements.map(({ skill, between }) => `${skill}: ${between}`);
  return [
    ...skills,
    ...durable,
    ...new Set(said),
    ...summary.gone.map((node) => `${node} was down at the end`),
    ...(entry === undefined ? [] : unrecovered(entry, summary)),
  ];
}

/** Layers that the fault hit and that were not back, for good, when the time for that was over. */
function unrecovered({ affected }: PlannedEntry, { faults }: RoundEvidence['summary']): string[] {
  const views = faults.flatMap((finding) => finding.views);
  return affected.flatMap(({ layer, vantage }) => {
    const view = views.find((one) => one.layer === layer && one.vantage === vantage);
    const { recoveredMs, recoveryStartMs = 0 } = view ?? {};
    const name = layerName(layer);
    if (recoveredMs === undefined) return [`${name} did not recover`];
    return recoveredMs - recoveryStartMs > recoveryBudgetMs ? [`${name} took too long to recover`] : [];
  });
}

function recoveriesOf({ entry, summary: { faults } }: RoundEvidence): Recovery[] {
  const views = faults.flatMap((finding) => finding.views);
  return (entry?.affected ?? []).flatMap(({ layer, vantage }) => {
    const view = views.find((one) => one.layer === layer && one.vantage === vantage);
    if (view?.recoveredMs === undefined || view.recoveryStartMs === undefined) return [];
    return [{ layer: layerName(layer), seconds: (view.recoveredMs - view.recoveryStartMs) / 1_000 }];
  });
}

function layerName(layer: string): string {
  return layer === endToEnd ? 'end to end' : layer;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
