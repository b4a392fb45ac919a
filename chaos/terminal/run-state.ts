/** What is known of a run that goes on, gathered from its events: what a frame of the live view is drawn from. */
import type { Snapshot } from '../observe/snapshot.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { FaultEvent } from '../run/conduct-entry.ts';
import type { RunListener, RunStage } from '../run/run-listener.ts';

export interface Frame {
  readonly plan: Pick<Plan, 'scenarioName' | 'target'>;
  readonly stage: RunStage;
  /** What is being done in this stage, if that is known; `''` otherwise. */
  readonly activity: string;
  readonly snapshot: Snapshot | undefined;
  readonly faults: readonly { readonly fault: string; readonly forMs: number }[];
  readonly elapsedMs: number;
}

export class RunState implements RunListener {
  readonly #plan: Frame['plan'];
  readonly #startMs = performance.now();
  readonly #standing = new Map<string, number>();
  #stage: RunStage = 'starting';
  #activity = '';
  #snapshot: Snapshot | undefined;

  constructor(plan: Frame['plan']) {
    this.#plan = plan;
  }

  progress(message: string): void {
    this.#activity = message;
  }

  stage(next: RunStage): void {
    this.#stage = next;
    this.#activity = '';
  }

  fault({ fault, what }: FaultEvent): void {
    if (what === 'injected') this.#standing.set(fault, performance.now());
    if (what === 'healed' || what === 'over') this.#standing.delete(fault);
  }

  snapshot(next: Snapshot): void {
    this.#snapshot = next;
  }

  frame(nowMs = performance.now()): Frame {
    return {
      plan: this.#plan,
      stage: this.#stage,
      activity: this.#activity,
      snapshot: this.#snapshot,
      faults: [...this.#standing].map(([fault, sinceMs]) => ({ fault, forMs: nowMs - sinceMs })),
      elapsedMs: nowMs - this.#startMs,
    };
  }
}
