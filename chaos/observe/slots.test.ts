import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { catchUpRule, type FaultSpan, headStartRule, mendedRule } from './catch-up.ts';
import type { PhaseWindow } from './phases.ts';
import { type Effect, fatesOf, type HeadStart, slotsDue, slotWindows } from './slots.ts';

const plan = { everySeconds: 2, latenessMs: 500 };
const never = () => undefined;

function effect(slot: number | null, startedAt: number): Effect {
  return { run: `r${slot}-${startedAt}`, slot, attempt: 1, startedAt, finishedAt: startedAt + 50 };
}

describe('slots due', () => {
  it('are aligned to the epoch, the first instant included, the last not', () => {
    expect(slotsDue(2, 2000, 6000)).toEqual([2000, 4000]);
    expect(slotsDue(2, 2001, 6001)).toEqual([4000, 6000]);
    expect(slotsDue(2, 2001, 2002)).toEqual([]);
  });

  it('are neither lost nor doubled when a span is cut in two', () => {
    const time = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), time, time, time, (every, ...times) => {
        const [a = 0, b = 0, c = 0] = times.sort((x, y) => x - y);
        expect([...slotsDue(every, a, b), ...slotsDue(every, b, c)]).toEqual(slotsDue(every, a, c));
        expect(slotsDue(every, a, c).every((due) => due % (every * 1000) === 0)).toBe(true);
      }),
    );
  });
});

describe('what became of a slot', () => {
  const window: PhaseWindow = { phase: 'before', fromMs: 1000, toMs: 9000 };
  const fates = (effects: readonly Effect[], catchUp: (skill: string, dueMs: number) => number | undefined = never) =>
    fatesOf('s', plan, [window], 9000, effects, catchUp);

  it('tells on time, late, missed and doubled apart', () => {
    const effects = [
      effect(2000, 2100),
      effect(4000, 4501),
      effect(8000, 8000),
      effect(8000, 8700),
      effect(null, 5000),
    ];
    expect(
      fates(effects).map(({ dueMs, executed, inTime, doubled, latenessMs }) => [
        dueMs,
        executed,
        inTime,
        doubled,
        latenessMs,
      ]),
    ).toEqual([
      [2000, true, true, 0, 100],
      [4000, true, false, 0, 501],
      [6000, false, false, 0, undefined],
      [8000, true, true, 1, 0],
    ]);
  });

  it('takes a slot that was caught up in its own time', () => {
    const catchUp = (_: string, dueMs: number) => (dueMs === 4000 ? 12_000 : undefined);
    const effects = [effect(2000, 9000), effect(4000, 12_000)];
    const [first, second] = fates(effects, catchUp);
    expect([first?.inTime, second?.inTime, second?.caughtUp]).toEqual([false, true, true]);
    expect(fates([effect(4000, 12_001)], catchUp)[1]?.inTime).toBe(false);
  });

  it('is not in time when it ran long before it was due', () => {
    const windows: PhaseWindow[] = [{ phase: 'during', fromMs: 0, toMs: 5000 }];
    const all = fatesOf('s', plan, windows, 5000, [effect(2000, 1900), effect(4000, 1950)], () => 60_000);
    expect(all.map(({ dueMs, executed, inTime }) => [dueMs, executed, inTime])).toEqual([
      [0, false, false],
      [2000, true, true],
      [4000, true, false],
    ]);
  });

  it('belongs to the phase of its due time', () => {
    const windows: PhaseWindow[] = [
      { phase: 'before', fromMs: 0, toMs: 4000 },
      { phase: 'during', fromMs: 4000, toMs: Number.POSITIVE_INFINITY },
    ];
    const all = fatesOf('s', plan, windows, 7000, [effect(2000, 5000)], never);
    expect(all.map(({ dueMs, phase }) => [dueMs, phase])).toEqual([
      [0, 'before'],
      [2000, 'before'],
      [4000, 'during'],
      [6000, 'during'],
    ]);
  });

  it('never has more in time than executed, nor more executed than due', () => {
    const effects = fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 20_000 })));
    fc.assert(
      fc.property(effects, (pairs) => {
        const all = pairs.map(([slot, at]) => effect(slot * 2000, at));
        const result = fates(all);
        expect(result).toHaveLength(4);
        expect(result.every(({ inTime, executed }) => executed || !inTime)).toBe(true);
        const counted = result.reduce((sum, { executed, doubled }) => sum + Number(executed) + doubled, 0);
        expect(counted).toBe(all.filter(({ slot }) => slot !== null && slot >= 1000 && slot < 9000).length);
      }),
    );
  });
});

describe('catching up', () => {
  const scenario = {
    skills: {
      poster: { everySeconds: 2, latenessMs: 500, catchUpMs: 3000 },
      local: { everySeconds: 2, latenessMs: 500 },
    },
  } as unknown as Scenario;
  const span: FaultSpan = {
    entry: { name: '1-partition', expect: { gateway: 'failed' }, healedBy: 'harness', deferredSkills: ['poster'] },
    injectedMs: 10_000,
    healedMs: 20_000,
    recoveredMs: 21_000,
    watchEndMs: Number.POSITIVE_INFINITY,
  };
  const until = (skill: string, dueMs: number, changes: Partial<FaultSpan> = {}) =>
    catchUpRule(scenario, () => [{ ...span, ...changes }])(skill, dueMs);

  it.each([
    ['before the fault', 'poster', 9400, undefined],
    ['just before it, within its bound', 'poster', 9600, 23_000],
    ['while it stands', 'poster', 16_000, 23_000],
    ['until recovery', 'poster', 21_000, 23_000],
    ['after recovery', 'poster', 22_000, undefined],
    ['of a skill that the fault does not defer', 'local', 16_000, undefined],
  ])('a slot %s', (_, skill, dueMs, expected) => {
    expect(until(skill, dueMs)).toBe(expected);
  });

  it('counts from recovery where the system heals itself', () => {
    const entry = { ...span.entry, healedBy: 'system' } as const;
    expect(until('poster', 16_000, { entry, healedMs: undefined })).toBe(24_000);
  });

  it('has no limit while the fault is not over', () => {
    expect(until('poster', 16_000, { healedMs: undefined, recoveredMs: undefined })).toBe(Number.POSITIVE_INFINITY);
    expect(until('poster', 16_000, { injectedMs: undefined })).toBeUndefined();
  });

  it('needs the scenario to allow it', () => {
    const strict = { skills: { poster: { everySeconds: 2, latenessMs: 500 } } } as unknown as Scenario;
    expect(catchUpRule(strict, () => [span])('poster', 16_000)).toBeUndefined();
  });
});

describe('a skill that is broken', () => {
  const scenario = { skills: { s: { everySeconds: 1, latenessMs: 500, catchUpMs: 4000 } } } as unknown as Scenario;
  const entry = { name: '1-x', expect: {}, healedBy: 'harness', deferredSkills: ['s'], brokenSkills: ['s'] } as const;
  const span = { entry, injectedMs: 10_000, healedMs: 20_000, recoveredMs: 20_000, watchEndMs: 60_000 };
  const mended = (changes: Partial<FaultSpan> = {}, skill = 's') =>
    mendedRule(scenario, () => [{ ...span, ...changes }])(skill);

  it('has its time to be back on schedule, which begins when it is mended', () => {
    expect(mended()).toBe(24_000);
    expect(mended({ healedMs: undefined })).toBe(Number.POSITIVE_INFINITY);
    expect(mended({ injectedMs: undefined, healedMs: undefined })).toBe(0);
    expect(mended({}, 'another')).toBe(0);
  });

  it('is judged as exposed until then', () => {
    const windows = [
      { phase: 'before', fromMs: 5_000, toMs: 10_000 },
      { phase: 'during', fromMs: 10_000, toMs: 20_000 },
      { phase: 'after', fromMs: 20_000, toMs: 30_000 },
    ] as const;
    const spansOf = (mendedMs: number) =>
      slotWindows(windows, 40_000, 500, mendedMs).map(({ fromMs, toMs }) => [fromMs, toMs]);
    expect(spansOf(24_000)).toEqual([
      [5_000, 9_500],
      [9_500, 24_000],
      [24_000, 30_000],
    ]);
    expect(spansOf(0)).toEqual([
      [5_000, 9_500],
      [9_500, 20_000],
      [20_000, 30_000],
    ]);
  });
});

describe('a clock that is ahead', () => {
  const scenario = { skills: { s: { everySeconds: 1, latenessMs: 500, catchUpMs: 3000 } } } as unknown as Scenario;
  const entry = { name: '1-clock-jump', expect: {}, healedBy: 'harness', deferredSkills: ['s'] } as const;
  const span = { injectedMs: 10_000, healedMs: 16_000, recoveredMs: 16_000, watchEndMs: 60_000 };
  const rule = (clockOffsetMs: number) =>
    headStartRule(scenario, () => [{ ...span, entry: { ...entry, clockOffsetMs } }]);

  it.each([
    ['before the jump', 9_900, 0],
    ['while it is', 12_000, 4000],
    ['when what had piled up is worked off', 16_400, 4000],
    ['afterwards', 16_600, 0],
  ])('lets a run come early %s', (_, startedMs, expected) => {
    expect(rule(4000)('s', startedMs)).toBe(expected);
    expect(rule(4000)('another', startedMs)).toBe(0);
    expect(rule(-4000)('s', startedMs)).toBe(0);
  });

  it('makes a slot good that ran so early, and none that ran earlier', () => {
    const started = (dueMs: number, startedAt: number): Effect => ({
      run: `s@${dueMs}`,
      slot: dueMs,
      attempt: 1,
      startedAt,
      finishedAt: startedAt + 10,
    });
    const effects = [started(15_000, 11_500), started(16_000, 10_500), started(17_000, 16_900)];
    const windows = [{ phase: 'during', fromMs: 15_000, toMs: 18_000 }] as const;
    const [plan] = Object.values(scenario.skills);
    if (plan === undefined) throw new Error('no plan');
    const inTime = (headStart?: HeadStart) =>
      fatesOf('s', plan, windows, 18_000, effects, () => undefined, headStart).map((fate) => fate.inTime);
    expect(inTime(rule(4000))).toEqual([true, false, true]);
    expect(inTime()).toEqual([false, false, true]);
  });
});

describe('the windows of slots', () => {
  const windows: readonly PhaseWindow[] = [
    { phase: 'before', fromMs: 1000, toMs: 6000 },
    { phase: 'during', fromMs: 6000, toMs: 9000 },
    { phase: 'after', fromMs: 9000, toMs: 12_000 },
  ];

  it('give a slot whose bound had not passed at the injection to the fault', () => {
    expect(slotWindows(windows, 20_000, 1500)).toEqual([
      { phase: 'before', fromMs: 1000, toMs: 4500 },
      { phase: 'during', fromMs: 4500, toMs: 9000 },
      { phase: 'after', fromMs: 9000, toMs: 12_000 },
    ]);
  });

  it('leave out, before anything was injected, what may still be exposed', () => {
    const open = [{ phase: 'before' as const, fromMs: 1000, toMs: Number.POSITIVE_INFINITY }];
    expect(slotWindows(open, 5000, 1500)).toEqual([{ phase: 'before', fromMs: 1000, toMs: 3500 }]);
    expect(slotWindows(open, 1200, 1500)).toEqual([{ phase: 'before', fromMs: 1000, toMs: 1000 }]);
  });

  it('have no gap nor overlap, however short the first phase was', () => {
    const [before, during] = slotWindows(windows, 20_000, 8000);
    expect([before?.toMs, during?.fromMs]).toEqual([1000, 1000]);
  });
});
