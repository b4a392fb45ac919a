/** Slots of a schedule: which were due, and what the effects say became of each. Pure. */
import type { Phase } from '../../metrics/vocabulary.ts';
import type { SkillPlan } from '../scenario.ts';
import type { PhaseWindow } from './phases.ts';

/** A completed run of a skill, as the skill itself wrote it down. Times in Unix ms. */
export interface Effect {
  readonly run: string;
  /** Due time of the slot; null for a run that was asked for. */
  readonly slot: number | null;
  readonly attempt: number;
  readonly startedAt: number;
  readonly finishedAt: number;
}

/** Until when a slot may still start and count as in time, because a fault defers its skill; undefined if none does. */
export type CatchUp = (skill: string, dueMs: number) => number | undefined;

/** By how many ms a run that started then may have come before its slot was due, because a fault put the clock ahead. */
export type HeadStart = (skill: string, startedMs: number) => number;

/** Until when a skill that a fault has broken need not be on its schedule; 0 if none has. Unix ms. */
export type Mended = (skill: string) => number;

export interface SlotFate {
  readonly skill: string;
  readonly dueMs: number;
  readonly phase: Phase;
  readonly executed: boolean;
  readonly inTime: boolean;
  readonly doubled: number;
  /** From due time to the start of the run; undefined if there was none. */
  readonly latenessMs: number | undefined;
  /** Counted in time only because it was caught up. */
  readonly caughtUp: boolean;
}

/** Clocks of two machines may differ by less than this. What ran that much before it was due did not run on schedule. */
const tooEarlyMs = 1000;

/** Due times in [from, to): multiples of the interval since the Unix epoch. */
export function slotsDue(everySeconds: number, fromMs: number, toMs: number): number[] {
  const everyMs = everySeconds * 1000;
  const due: number[] = [];
  for (let n = Math.ceil(fromMs / everyMs); n * everyMs < toMs; n++) due.push(n * everyMs);
  return due;
}

/**
 * The windows as slots are counted: by due time, but one whose bound had not passed when the first fault was injected was exposed to
 * it, and belongs to `during`; so was one that was due before a broken skill had its time to be back. While nothing has been injected,
 * that may still become true of the latest ones: they are left out.
 */
export function slotWindows(
  windows: readonly PhaseWindow[],
  untilMs: number,
  latenessMs: number,
  mendedMs = 0,
): PhaseWindow[] {
  return windows.map((window) => {
    if (window.phase === 'after') return { ...window, fromMs: Math.max(window.fromMs, mendedMs) };
    if (window.phase === 'before') {
      return { ...window, toMs: Math.max(window.fromMs, Math.min(window.toMs, untilMs) - latenessMs) };
    }
    if (window.phase !== 'during') return window;
    const before = windows.find(({ phase }) => phase === 'before');
    return {
      ...window,
      fromMs: Math.max(before?.fromMs ?? window.fromMs, window.fromMs - latenessMs),
      toMs: Math.max(window.toMs, mendedMs),
    };
  });
}

/** What became of each slot due in the windows; of the effects of one slot, the one that started first counts, the others are doubles. */
export function fatesOf(
  skill: string,
  plan: SkillPlan,
  windows: readonly PhaseWindow[],
  untilMs: number,
  effects: readonly Effect[],
  catchUp: CatchUp,
  headStart: HeadStart = () => 0,
): SlotFate[] {
  const bySlot = Map.groupBy(effects, ({ slot }) => slot);
  return windows.flatMap(({ phase, fromMs, toMs }) =>
    slotsDue(plan.everySeconds, fromMs, Math.min(toMs, untilMs)).map((dueMs) => {
      const own = bySlot.get(dueMs) ?? [];
      const startedMs = own.length === 0 ? undefined : Math.min(...own.map(({ startedAt }) => startedAt));
      const catchUpUntilMs = catchUp(skill, dueMs) ?? Number.NEGATIVE_INFINITY;
      const lateMs = startedMs === undefined ? undefined : startedMs - dueMs;
      const earlyMs = tooEarlyMs + (startedMs === undefined ? 0 : headStart(skill, startedMs));
      const punctual = lateMs !== undefined && -earlyMs < lateMs && lateMs <= plan.latenessMs;
      const caughtUp = startedMs !== undefined && startedMs > dueMs && !punctual && startedMs <= catchUpUntilMs;
      return {
        skill,
        dueMs,
        phase,
        executed: startedMs !== undefined,
        inTime: punctual || caughtUp,
        doubled: Math.max(0, own.length - 1),
        latenessMs: lateMs === undefined ? undefined : Math.max(0, lateMs),
        caughtUp,
      };
    }),
  );
}

/** By when a slot's run must have started at the latest to count as in time. */
export function deadlineOf(skill: string, plan: SkillPlan, dueMs: number, catchUp: CatchUp): number {
  return Math.max(dueMs + plan.latenessMs, catchUp(skill, dueMs) ?? 0);
}
