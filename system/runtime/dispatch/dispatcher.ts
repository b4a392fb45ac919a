/**
 * Decides which claimed run starts when: one at a time a skill, skills in turn, slots and requests of a skill in turn, each oldest first;
 * those that must wait for the gateway are deferred; what is caught up starts a few at a time. Looks only at skills that something
 * happened to, so its work is in proportion to what is ready.
 */
import type { Registry } from 'prom-client';
import { instrument } from '../../../metrics/instrument.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { DueSlots, QueuedRun } from '../ledger/ledger-row.ts';
import type { Skill } from '../skills/skill-file.ts';
import type { StatusFiles } from '../status/status-files.ts';
import type { GatewayPolicy } from './gateway-policy.ts';
import type { RunKeeper } from './run-keeper.ts';
import { Stagger } from './stagger.ts';
import { Turns } from './turns.ts';
import { UnderWay } from './under-way.ts';

export interface DispatcherOptions {
  readonly ledger: Pick<Ledger, 'next' | 'nextNotBefore' | 'get' | 'cancel' | 'defer' | 'resume' | 'deferred'>;
  readonly keeper: Pick<RunKeeper, 'see' | 'cancel'>;
  readonly policy: Pick<GatewayPolicy, 'mustWait'>;
  readonly statusFiles: Pick<StatusFiles, 'write'>;
  readonly registry: Registry;
  /** Runs at once, of all skills. */
  readonly maxRunning: number;
  /** Once aborted, nothing is started any more. */
  readonly signal: AbortSignal;
}

/** Of runs that could not start at their time, so that a restart is no stampede. */
const maxCatchingUp = 5;
/** Between two skills that begin to catch up. */
const staggerMs = 200;
/** Runs that wait for their time (jitter, backoff) are looked at this often if no timer of theirs went off: the clock may have been set. */
const waitingCheckMs = 1000;

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #underWay = new UnderWay();
  readonly #turns = new Turns<QueuedRun>();
  readonly #stagger = new Stagger(staggerMs);
  readonly #deferred = new Set<string>();
  /** Skill → how its latest run came about. */
  readonly #latest = new Map<string, QueuedRun['trigger']>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #staggerTimer: NodeJS.Timeout | undefined;
  #skills: ReadonlyMap<string, Skill> = new Map();

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#later(waitingCheckMs, () => this.#checkWaiting());
  }

  get running(): readonly QueuedRun[] {
    return this.#underWay.runs;
  }

  /** Goes on with what an earlier runtime started; to be called once, before anything else is started. */
  takeUp(unfinished: readonly QueuedRun[], skills: ReadonlyMap<string, Skill>): void {
    this.#skills = skills;
    for (const run of unfinished) this.#begin(run);
  }

  use(skills: ReadonlyMap<string, Skill>): void {
    const gone = [...this.#skills.keys()].filter((name) => !skills.has(name));
    this.#skills = skills;
    for (const name of gone) this.#turns.offer(name, undefined);
    // A skill may not require any more what its runs have waited for.
    this.resume();
  }

  /** Starts what can be started now. `changed`: skills whose queue may be another one than before; by default all. */
  pump(changed: Iterable<string> = this.#skills.keys()): void {
    if (this.#options.signal.aborted) return;
    const names = [...changed];
    for (const name of names) this.#look(name);
    for (let run = this.#take(); run !== undefined; run = this.#take()) this.#begin(run);
    this.#showDeferred(names);
  }

  /** Slots were claimed; they may have taken the place of runs under way. */
  claimed(due: readonly Pick<DueSlots, 'skill' | 'slots' | 'cancel'>[]): void {
    for (const { skill, slots, cancel = [] } of due) {
      for (const id of cancel) this.#options.keeper.cancel(id);
      for (const { notBefore } of slots) if (notBefore !== undefined) this.#pumpAt(skill, notBefore);
    }
    this.pump(due.map(({ skill }) => skill));
  }

  /** Ends a run, or keeps it from beginning. */
  cancel(id: string): void {
    const { ledger, keeper } = this.#options;
    const result = ledger.cancel(id, Date.now());
    if (result === 'running') keeper.cancel(id);
    const skill = ledger.get(id)?.skill;
    if (result === 'cancelled' && skill !== undefined) this.pump([skill]);
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

  /** Lets go of its timers: nothing is started any more. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  /** Offers the skill's next run to the turns, or defers what must wait. */
  #look(name: string): void {
    const { ledger, policy } = this.#options;
    const skill = this.#skills.get(name);
    const idle = skill !== undefined && !this.#underWay.has(name);
    const run = idle ? ledger.next(name, this.#latest.get(name), Date.now()) : undefined;
    const waits = run !== undefined && skill !== undefined && policy.mustWait(skill);
    if (waits) ledger.defer([name]);
    this.#turns.offer(name, waits ? undefined : run);
  }

  /** The run that is to start now. What was on offer is looked at again: nothing starts that has been cancelled meanwhile. */
  #take(): QueuedRun | undefined {
    while (this.#underWay.size < this.#options.maxRunning) {
      const offered = this.#turns.take((run) => !run.late || this.#mayCatchUp(run.skill));
      if (offered === undefined) return undefined;
      this.#look(offered.skill);
      const run = this.#turns.withdraw(offered.skill);
      if (run !== undefined && (!run.late || this.#mayCatchUp(run.skill))) return run;
      this.#turns.offer(offered.skill, run);
    }
    return undefined;
  }

  #mayCatchUp(skill: string): boolean {
    if (this.#underWay.catchingUp >= maxCatchingUp) return false;
    const waitMs = this.#stagger.waitMs(skill);
    if (waitMs > 0) this.#staggerTimer ??= this.#later(waitMs, () => this.#staggered());
    return waitMs === 0;
  }

  #staggered(): void {
    this.#staggerTimer = undefined;
    this.pump([]);
  }

  #begin(run: QueuedRun): void {
    const { keeper, signal } = this.#options;
    this.#underWay.add(run);
    this.#turns.started(run.skill);
    this.#stagger.started(run.skill, run.late);
    this.#latest.set(run.skill, run.trigger);
    this.#showRunning(run.skill);
    void keeper.see(run, this.#skills.get(run.skill)).then(
      () => this.#ended(run),
      (error: unknown) => {
        // Let go at a shutdown; anything else is a fault of ours that this process cannot go on with.
        if (!signal.aborted) throw error;
      },
    );
  }

  #ended({ id, skill }: QueuedRun): void {
    const { ledger } = this.#options;
    this.#underWay.delete(id);
    this.#showRunning(skill);
    const notBefore = ledger.get(id)?.notBefore ?? null;
    if (notBefore !== null) this.#pumpAt(skill, notBefore);
    this.pump([skill]);
  }

  #pumpAt(skill: string, notBefore: number): void {
    this.#later(Math.max(0, notBefore - Date.now()), () => this.pump([skill]));
  }

  #checkWaiting(): void {
    if (this.#options.ledger.nextNotBefore() !== null) this.pump();
    this.#later(waitingCheckMs, () => this.#checkWaiting());
  }

  #later(ms: number, action: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#options.signal.aborted) action();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #showRunning(skill: string): void {
    instrument(this.#options.registry, 'openclaw_skill_running').set({ skill }, this.#underWay.has(skill) ? 1 : 0);
  }

  /** Asks only if one of these skills waits, or has reason to. */
  #showDeferred(names: readonly string[]): void {
    const { ledger, registry, statusFiles } = this.#options;
    const concerned = names.filter(
      (name) => this.#deferred.has(name) || (this.#skills.get(name)?.requires.length ?? 0) > 0,
    );
    if (concerned.length === 0) return;
    const waiting = ledger.deferred();
    for (const name of concerned) {
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
