/** Follows the skills by what they write themselves: reads their effects as they come, and tells what became of each slot. */
import { join } from 'node:path';
import type { Manifest } from '../manifest.ts';
import type { Platform } from '../platform/platform.ts';
import type { Scenario, SkillPlan } from '../scenario.ts';
import { nowMs } from './clock.ts';
import { EffectsTail, type ReadEffects, readEffects } from './effects-tail.ts';
import type { PhaseWindow } from './phases.ts';
import {
  type CatchUp,
  deadlineOf,
  type Effect,
  fatesOf,
  type HeadStart,
  type Mended,
  type SlotFate,
  slotWindows,
} from './slots.ts';

const pollMs = 200;
/** How long a run may take from its start until its effect is read. */
const patienceMs = 3000;

export interface SkillWatchOptions {
  readonly manifest: Manifest;
  readonly platform: Pick<Platform, 'home'>;
  readonly scenario: Scenario;
  readonly windows: () => readonly PhaseWindow[];
  readonly catchUp: CatchUp;
  readonly headStart?: HeadStart;
  readonly mended?: Mended;
  readonly onSettled: (fate: SlotFate) => void;
  /** The effects cannot be read: nothing is known of the skills. */
  readonly onProblem: (detail: string) => void;
}

export class SkillWatch implements AsyncDisposable {
  readonly #options: SkillWatchOptions;
  readonly #tails: ReadonlyMap<string, EffectsTail>;
  readonly #startedMs = nowMs();
  readonly #told = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #reading: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: SkillWatchOptions) {
    this.#options = options;
    // A skill that is only ever asked for has no slots, but effects.
    const { skills, user } = options.scenario;
    const followed = new Set([...Object.keys(skills), ...(user?.runSkill === undefined ? [] : [user.runSkill])]);
    this.#tails = new Map([...followed].map((skill) => [skill, new EffectsTail(this.#fileOf(skill))]));
    this.#poll();
  }

  get skills(): readonly [string, SkillPlan][] {
    return Object.entries(this.#options.scenario.skills);
  }

  #fileOf(skill: string): string {
    const { manifest, platform } = this.#options;
    return join(platform.home(manifest.effects.node), manifest.effects.file.replaceAll('{skill}', skill));
  }

  #poll(): void {
    void this.refresh().finally(() => {
      if (!this.#closed) this.#timer = setTimeout(() => this.#poll(), pollMs);
    });
  }

  /** Resolves when everything that skills have written until now has been read. One reading at a time. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#read());
    return this.#reading;
  }

  async #read(): Promise<void> {
    for (const [skill, tail] of this.#tails) {
      try {
        await tail.advance();
      } catch (error) {
        this.#options.onProblem(`effects of ${skill}: ${(error as Error).message}`);
      }
    }
    this.#tell();
  }

  /** Each slot once, when its effect has come or can no longer come in time. */
  #tell(): void {
    const now = nowMs();
    for (const [skill] of this.skills) {
      for (const fate of this.settled(skill, now)) {
        const key = `${skill}@${fate.dueMs}`;
        if (this.#told.has(key)) continue;
        this.#told.add(key);
        this.#options.onSettled(fate);
      }
    }
  }

  #overdue(skill: string, plan: SkillPlan, dueMs: number, now: number): boolean {
    return now > deadlineOf(skill, plan, dueMs, this.#options.catchUp) + patienceMs;
  }

  effects(skill: string): readonly Effect[] {
    return this.#tails.get(skill)?.effects ?? [];
  }

  /** Of every skill, asked for or scheduled. */
  get allEffects(): readonly Effect[] {
    return [...this.#tails.values()].flatMap(({ effects }) => effects);
  }

  /** Of each slot in the phases that was due before `untilMs`. */
  fates(skill: string, untilMs: number): SlotFate[] {
    const plan = this.#options.scenario.skills[skill];
    if (plan === undefined) return [];
    const { catchUp, headStart, mended = () => 0 } = this.#options;
    const windows = slotWindows(this.#options.windows(), untilMs, plan.latenessMs, mended(skill));
    return fatesOf(skill, plan, windows, untilMs, this.effects(skill), catchUp, headStart);
  }

  /** Those whose fate is known: executed, or too late to be in time. */
  settled(skill: string, now: number): SlotFate[] {
    const plan = this.#options.scenario.skills[skill];
    return this.fates(skill, now).filter(
      ({ executed, dueMs }) => executed || (plan !== undefined && this.#overdue(skill, plan, dueMs, now)),
    );
  }

  /** Slots due before `untilMs` that are neither executed nor hopeless. */
  unsettled(untilMs: number, now: number): number {
    let count = 0;
    for (const [skill, plan] of this.skills) {
      for (const { executed, dueMs } of this.fates(skill, untilMs)) {
        if (!executed && !this.#overdue(skill, plan, dueMs, now)) count++;
      }
    }
    return count;
  }

  /** How long every skill has kept to its schedule, from the first slot in time on, phases or not. */
  goodForMs(now: number): number {
    const window: PhaseWindow = { phase: 'before', fromMs: this.#startedMs, toMs: now };
    return Math.min(
      now - this.#startedMs,
      ...this.skills.map(([skill, plan]) => {
        let sinceMs: number | undefined;
        for (const fate of fatesOf(skill, plan, [window], now, this.effects(skill), this.#options.catchUp)) {
          if (fate.inTime) sinceMs ??= fate.dueMs;
          else if (fate.executed || this.#overdue(skill, plan, fate.dueMs, now)) sinceMs = undefined;
        }
        return sinceMs === undefined ? 0 : now - sinceMs;
      }),
    );
  }

  /** The file as it is now, whatever was read of it before. */
  readFinal(skill: string): Promise<ReadEffects> {
    return readEffects(this.#fileOf(skill));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#reading;
  }
}
