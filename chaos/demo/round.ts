/** One round of a demo: the system is watched, a fault comes and goes, and what that did to the system is summed up. */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';
import { type Observation, startObservation } from '../observe/observation.ts';
import type { PlannedEntry } from '../plan/plan-shape.ts';
import { type ConductedEntry, conductEntry } from '../run/conduct-entry.ts';
import { CpuPressureWatch } from '../run/cpu-pressure.ts';
import { untilRecovered } from '../run/settle.ts';
import { type SteadyState, untilSteady } from '../run/steady-state.ts';
import type { Scenario } from '../scenario.ts';
import { topologyOf } from '../topology.ts';
import type { DrawnFault } from './fault-plan.ts';
import { forgetFault } from './forget-fault.ts';
import { plannedEntry, roundScenario } from './load.ts';
import { type RoundResult, resultOf } from './round-result.ts';
import type { Stage } from './stage.ts';

/** What is due in a round's last moments is to come in it, so that it is over when its books are closed. */
const settleMs = 1_000;

interface Parts {
  readonly stage: Stage;
  readonly scenario: Scenario;
  readonly drawn: DrawnFault | undefined;
  readonly entry: PlannedEntry | undefined;
  readonly observation: Observation;
  /** Of two rounds that watch side by side one is shown. */
  readonly shown: { isShown: boolean };
  readonly pressure: CpuPressureWatch;
}

export class Round implements AsyncDisposable {
  readonly #parts: Parts;
  #steady: SteadyState = { reached: false, detail: 'it had not begun' };
  #conducted: ConductedEntry | undefined;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins to watch, beside the round before it; nothing counts yet. */
  static async prepare(stage: Stage, drawn: DrawnFault | undefined): Promise<Round> {
    const { manifest, platform, recorder, token } = stage;
    const scenario = roundScenario(manifest, drawn);
    const entry = drawn && plannedEntry(manifest, scenario, drawn);
    const shown = { isShown: false };
    const observation = await startObservation({
      manifest,
      platform,
      scenario,
      entries: entry === undefined ? [] : [entry],
      token,
      recorder,
      journal: () => {},
      onChange: (snapshot) => {
        if (shown.isShown) stage.listener.snapshot(snapshot);
      },
    });
    return new Round({ stage, scenario, drawn, entry, observation, shown, pressure: new CpuPressureWatch() });
  }

  async untilSteady(): Promise<void> {
    const { scenario, observation, stage } = this.#parts;
    this.#steady = await untilSteady(scenario.steadyState, observation, stage.signal);
  }

  /** From now on everything counts. */
  begin(): void {
    const { observation, entry, shown } = this.#parts;
    observation.enter(entry === undefined ? 'after' : 'before');
    shown.isShown = true;
  }

  /** What it plays; undefined: no fault comes. */
  get drawn(): DrawnFault | undefined {
    return this.#parts.drawn;
  }

  /** Waits for its time, then lets the fault come and go. */
  async strike(atMs: number): Promise<void> {
    const { stage, entry, observation } = this.#parts;
    const { signal, recorder, listener, platform, undoLog, manifest } = stage;
    await delay(Math.max(0, atMs - nowMs()), undefined, { signal });
    if (entry === undefined) return;
    listener.next(undefined);
    await forgetFault(recorder.registry, entry.name);
    observation.enter('during');
    this.#conducted = await conductEntry(entry, {
      platform,
      observation,
      undoLog,
      topology: topologyOf(manifest),
      signal,
      report: (event) => listener.fault(event),
    });
    signal.throwIfAborted();
  }

  /** Resolves when the system is well again, or has had its time to be. */
  async recover(): Promise<void> {
    const { stage, entry, observation } = this.#parts;
    if (entry === undefined) return;
    await untilRecovered(entry, observation, stage.signal);
    observation.enter('after');
    await delay(settleMs, undefined, { signal: stage.signal });
  }

  /** Its fault could not be undone: no other may come on top of it. */
  get isStuck(): boolean {
    return this.#conducted?.undone === false;
  }

  /** A fault came and has not had its time: what was seen until now says nothing. */
  get isCutShort(): boolean {
    return this.#parts.observation.snapshot().phase === 'during';
  }

  /** Ends the watching, waits for what is under way, and sums up. */
  async close(): Promise<RoundResult> {
    const { entry, observation, pressure, shown } = this.#parts;
    shown.isShown = false;
    const summary = await observation.finish();
    return resultOf({
      // One whose time never came is a round without a fault.
      entry: this.#conducted && entry,
      conducted: this.#conducted,
      steady: this.#steady,
      summary,
      starvations: pressure.starvations,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { observation, pressure } = this.#parts;
    await Promise.all([observation[Symbol.asyncDispose](), pressure[Symbol.asyncDispose]()]);
  }
}
