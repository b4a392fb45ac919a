/** Decides which claimed run starts when: one at a time a skill, slots and requests in turn, each oldest first, those that must wait for the gateway deferred. */
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import type { Skill } from '../skills/skill-file.ts';
import type { StatusFiles } from '../status/status-files.ts';
import type { GatewayPolicy } from './gateway-policy.ts';
import type { RunKeeper } from './run-keeper.ts';

export interface DispatcherOptions {
  readonly ledger: Ledger;
  readonly keeper: Pick<RunKeeper, 'see'>;
  readonly policy: GatewayPolicy;
  readonly statusFiles: StatusFiles;
  readonly registry: Registry;
  /** Once aborted, nothing is started any more. */
  readonly signal: AbortSignal;
  readonly onFinished?: () => void;
}

const maxRunning = 16;
/** Of runs that could not start at their time, so that a restart is no stampede. */
const maxCatchingUp = 5;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #running = new Map<string, QueuedRun>();
  readonly #deferred = new Set<string>();
  /** Skill → how its latest run came about. */
  readonly #latest = new Map<string, QueuedRun['trigger']>();
  #skills: ReadonlyMap<string, Skill> = new Map();

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  get running(): readonly QueuedRun[] {
    return [...this.#running.values()];
  }

  /** Goes on with what an earlier runtime started; to be called once, before anything else is started. */
  takeUp(unfinished: readonly QueuedRun[], skills: ReadonlyMap<string, Skill>): void {
    this.#skills = skills;
    for (const run of unfinished) this.#begin(run);
  }

  use(skills: ReadonlyMap<string, Skill>): void {
    this.#skills = skills;
    // A skill may not require any more what its runs have waited for.
    this.resume();
  }

  /** Starts what can be started now. */
  pump(): void {
    const { ledger, policy, signal } = this.#options;
    if (signal.aborted) return;
    const idle = [...this.#skills.values()].filter(({ name }) => !this.#running.has(name));
    const ready: QueuedRun[] = [];
    for (const skill of idle) {
      const run = ledger.next(skill.name, this.#latest.get(skill.name));
      if (run === undefined) continue;
      if (policy.mustWait(skill)) ledger.defer([skill.name]);
      else ready.push(run);
    }
    for (const run of ready.sort((a, b) => a.queuedAt - b.queuedAt)) {
      if (this.#running.size >= maxRunning) break;
      if (!run.late || this.running.filter(({ late }) => late).length < maxCatchingUp) this.#begin(run);
    }
    this.#showDeferred();
  }

  /** What skills require may be there again: those that need not wait any longer are caught up. */
  resume(): void {
    const { ledger, policy } = this.#options;
    const free = [...ledger.deferred().keys()].filter((name) => {
      const skill = this.#skills.get(name);
      return skill !== undefined && !policy.mustWait(skill);
    });
    if (free.length > 0) ledger.resume(free);
    this.pump();
  }

  #begin(run: QueuedRun): void {
    this.#running.set(run.skill, run);
    this.#latest.set(run.skill, run.trigger);
    this.#showRunning(run.skill);
    void this.#options.keeper.see(run, this.#skills.get(run.skill)).then(
      () => this.#ended(run.skill),
      (error: unknown) => {
        // Let go at a shutdown; anything else is a fault of ours that this process cannot go on with.
        if (!this.#options.signal.aborted) throw error;
      },
    );
  }

  #ended(skill: string): void {
    this.#running.delete(skill);
    this.#showRunning(skill);
    this.#options.onFinished?.();
    this.pump();
  }

  #showRunning(skill: string): void {
    instrument(this.#options.registry, 'openclaw_skill_running').set({ skill }, this.#running.has(skill) ? 1 : 0);
  }

  #showDeferred(): void {
    const { ledger, registry, statusFiles } = this.#options;
    const waiting = ledger.deferred();
    for (const name of this.#skills.keys()) {
      const runs = waiting.get(name) ?? 0;
      instrument(registry, 'openclaw_skill_deferred').set({ skill: name }, runs);
      if (runs === 0) this.#deferred.delete(name);
      else if (!this.#deferred.has(name)) {
        this.#deferred.add(name);
        statusFiles.write(name, { status: 'deferred' }, Date.now());
      }
    }
  }
}
