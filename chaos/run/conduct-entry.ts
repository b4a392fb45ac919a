/** Carries out one entry of the timeline: undo written down, injected, proved, held, ended. */
import { setTimeout as delay } from 'node:timers/promises';
import type { FaultContext, Proof } from '../faults/fault.ts';
import { type FaultSpec, faultOf } from '../faults/registry.ts';
import { nowMs } from '../observe/clock.ts';
import type { Observation } from '../observe/observation.ts';
import type { PlannedEntry } from '../plan/plan-shape.ts';
import type { Platform } from '../platform/platform.ts';
import type { UndoLog } from '../undo.ts';

export interface EntryContext {
  readonly platform: Platform;
  readonly observation: Observation;
  readonly undoLog: UndoLog;
  readonly topology: FaultContext['topology'];
  /** Aborts waiting and repeating, never an undo. */
  readonly signal: AbortSignal;
  readonly report: (event: FaultEvent) => void;
  /** Stands in for `faultOf`; tests replace a fault by one that does nothing. */
  readonly faultOf?: typeof faultOf;
}

export interface FaultEvent {
  readonly fault: string;
  readonly what: 'injected' | 'blow' | 'proved' | 'unproved' | 'healed' | 'over' | 'not-undone';
  readonly atMs: number;
  readonly detail: string;
}

/** What became of an entry, in Unix ms; an absent part did not happen. */
export interface ConductedEntry {
  readonly name: string;
  readonly injectedAt?: number;
  /** When the last blow that landed was dealt. */
  readonly lastBlowAt?: number;
  readonly healedAt?: number;
  readonly proof?: Proof;
  /** Whether the fault is known not to stand any more. */
  readonly undone: boolean;
}

/** Never throws for a fault that fails to bite: that is told in the result. The undo is carried out in any case. */
export async function conductEntry(entry: PlannedEntry, context: EntryContext): Promise<ConductedEntry> {
  const { platform, observation, undoLog, signal, report } = context;
  const fault = (context.faultOf ?? faultOf)(entry.fault as FaultSpec);
  // A blow is proved some time after it was dealt; what follows from it counts from when it was dealt.
  let struckAt: number | undefined;
  const happened: { injectedAt?: number; lastBlowAt?: number; healedAt?: number; proof?: Proof } = {};
  const prepared = fault.prepare(entry.fault as FaultSpec, {
    platform,
    topology: context.topology,
    name: entry.name,
    forMs: entry.forMs,
    skillRunning: () => observation.skillRunning(),
    skillFinished: (run) => observation.skillFinished(run),
    signal,
    striking: () => {
      struckAt = nowMs();
      observation.striking(entry.name);
    },
    onBlow: (detail) => {
      if (struckAt !== undefined) happened.lastBlowAt = struckAt;
      observation.blow(entry.name, struckAt, detail);
      report({ fault: entry.name, what: 'blow', atMs: struckAt ?? nowMs(), detail });
      struckAt = undefined;
    },
  });
  await prepared.baseline();
  signal.throwIfAborted();
  await undoLog.plan(entry.name, prepared.undo);
  try {
    happened.injectedAt = nowMs();
    observation.injected(entry.name, happened.injectedAt);
    report({ fault: entry.name, what: 'injected', atMs: happened.injectedAt, detail: entry.fault.kind });
    happened.proof = await injectAndProve(prepared);
    const { proved, evidence } = happened.proof;
    observation.proved(entry.name, proved);
    report({ fault: entry.name, what: proved ? 'proved' : 'unproved', atMs: nowMs(), detail: evidence });
    const leftMs = happened.injectedAt + entry.forMs - nowMs();
    if (leftMs > 0) await delay(leftMs, undefined, { signal }).catch(() => {});
  } finally {
    // The clock of recovery starts before the undo is carried out: what the undo takes is time without service.
    if (entry.healedBy === 'harness') happened.healedAt = nowMs();
    if (happened.healedAt !== undefined) observation.healed(entry.name, happened.healedAt);
  }
  const outcomes = await undoLog.undo(entry.name, (step) => platform.undo(step));
  const failed = outcomes.filter(({ error }) => error !== undefined);
  for (const { step, error } of failed) {
    const detail = `${step.do}: ${error?.message ?? ''}`;
    report({ fault: entry.name, what: 'not-undone', atMs: nowMs(), detail });
  }
  if (entry.healedBy === 'harness' && failed.length === 0) {
    report({
      fault: entry.name,
      what: 'healed',
      atMs: nowMs(),
      detail: outcomes.map(({ step }) => step.do).join(', '),
    });
  }
  if (entry.healedBy === 'system') report({ fault: entry.name, what: 'over', atMs: nowMs(), detail: '' });
  return { name: entry.name, ...happened, undone: failed.length === 0 };
}

async function injectAndProve(prepared: { inject(): Promise<void>; prove(): Promise<Proof> }): Promise<Proof> {
  try {
    await prepared.inject();
    return await prepared.prove();
  } catch (error) {
    return {
      proved: false,
      evidence: `the injection failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}
