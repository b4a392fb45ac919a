import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { catchUpPolicies, overlapPolicies } from '../skills/skill.ts';
import { parseSchedule } from './schedule.ts';
import { aSkill, SchedulerWorld } from './scheduler.fixture.ts';

const opened = Date.UTC(2026, 9, 25, 0, 30, 0, 500);
const minuteMs = 60_000;

const schedules = fc.constantFrom(
  'every: 7s',
  'every: 1m',
  'CRON_TZ=Europe/Berlin * * * * *',
  'CRON_TZ=Europe/Berlin */10 0,2 * * *',
);
const policies = fc.record({
  overlap: fc.constantFrom(...overlapPolicies),
  catchUp: fc.record({
    policy: fc.constantFrom(...catchUpPolicies),
    windowMs: fc.constantFrom(10_000, 600_000, 3_600_000),
  }),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3 * minuteMs }) }),
  fc.record({ kind: fc.constant('freeze' as const), ms: fc.integer({ min: 1, max: 240 * minuteMs }) }),
  fc.record({ kind: fc.constant('down' as const), ms: fc.integer({ min: 0, max: 240 * minuteMs }) }),
  fc.record({ kind: fc.constant('back' as const), ms: fc.integer({ min: 1, max: 180 * minuteMs }) }),
  fc.record({ kind: fc.constant('finish' as const), ms: fc.constant(0) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

describe('slots of a schedule, whatever the clock does', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are each claimed once or recorded as missed once, none left out', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(schedules, policies, fc.array(step, { maxLength: 12 }), (text, policy, steps) => {
        using world = new SchedulerWorld(opened, aSkill(text, policy));
        const farthest = play(world, steps);
        const passed = slotsIn(text, opened, farthest);
        const claimed = world.dues().filter((due) => due > opened);
        const missed = world.missed().flatMap(({ firstDueAt, lastDueAt, slots }) => {
          const members = slotsIn(text, firstDueAt - 1, lastDueAt);
          expect(members).toHaveLength(slots);
          return members.filter((due) => due > opened);
        });
        expect(new Set(claimed).size).toBe(claimed.length);
        expect(new Set(missed).size).toBe(missed.length);
        expect([...new Set([...claimed, ...missed])].sort((a, b) => a - b)).toEqual(passed);
        // A slot that was missed can be run when the clock comes to it again, but only then.
        if (!steps.some(({ kind }) => kind === 'back')) expect(claimed.length + missed.length).toBe(passed.length);
      }),
      { numRuns: 25 },
    );
  });
});

/** The furthest that the clock has come. */
function play(world: SchedulerWorld, steps: readonly Step[]): number {
  let farthest = world.now;
  for (const { kind, ms } of steps) {
    if (kind === 'pass') world.pass(ms);
    else if (kind === 'finish') world.finishAll();
    else if (kind === 'down') {
      world.stop();
      world.now += ms;
      world.restart();
    } else world.move(kind === 'back' ? -ms : ms);
    farthest = Math.max(farthest, world.now);
  }
  return farthest;
}

function slotsIn(text: string, after: number, until: number): number[] {
  const schedule = parseSchedule(text);
  const slots: number[] = [];
  for (let due = schedule.next(after); due !== null && due <= until; due = schedule.next(due)) slots.push(due);
  return slots;
}
