import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Schedule } from './due-times.ts';
import { parseSchedule } from './schedule.ts';
import { aSkill, SchedulerWorld } from './scheduler.fixture.ts';

const start = 1_700_000_000_000;
const hourMs = 3_600_000;
const yearMs = 365 * 24 * hourMs;
const at = (...seconds: readonly number[]) => seconds.map((second) => start + second * 1000);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A skill that runs every second, and a clock half a second past `start`. */
const world = (more: Parameters<typeof aSkill>[1] = {}, schedule = 'every: 1s') =>
  new SchedulerWorld(start + 500, aSkill(schedule, more));

describe('slots that came due while nobody looked', () => {
  it.each([
    ['all', 20, 15, ['catch-up-window']],
    ['latest', 1, 34, ['catch-up-window', 'catch-up-latest']],
    ['none', 10, 25, ['catch-up-window', 'catch-up-none']],
  ] as const)('%s: what is not run is recorded with its reason', (policy, runs, missed, reasons) => {
    using one = world({ catchUp: { policy, windowMs: 20_000 } });
    one.move(35_000);
    expect(one.dues()).toEqual(at(...Array.from({ length: runs }, (_, i) => 36 - runs + i)));
    expect(one.missed().map(({ reason }) => reason)).toEqual(reasons);
    expect(one.missed().reduce((sum, { slots }) => sum + slots, 0)).toBe(missed);
    expect(one.missed()[0]?.firstDueAt).toBe(start + 1000);
  });

  it('latest: a slot that is too old is not run, even if it is the latest', () => {
    using one = world({ catchUp: { policy: 'latest', windowMs: 60_000 } }, 'every: 1h');
    one.move(3 * hourMs);
    expect(one.dues()).toEqual([]);
    expect(one.missed()).toMatchObject([{ reason: 'catch-up-window', slots: 3 }]);
  });

  it('after months, millions are counted at once, as one range', () => {
    using one = world();
    one.stop();
    one.now += yearMs;
    one.restart();
    expect(one.dues()).toHaveLength(3600);
    expect(one.missed()).toMatchObject([
      { reason: 'catch-up-window', slots: yearMs / 1000 - 3600, firstDueAt: start + 1000 },
    ]);
  });

  it('a frozen event loop is an absence like any other', () => {
    using one = world();
    one.pass(5000);
    one.move(30_000);
    one.pass(5000);
    expect(one.dues()).toEqual(at(...Array.from({ length: 40 }, (_, i) => i + 1)));
    expect(one.missed()).toEqual([]);
  });
});

describe('slots that come due while earlier ones are not finished', () => {
  it('skip: they are missed until nothing is open', () => {
    using one = world({ overlap: 'skip' });
    one.pass(3000);
    one.finishAll();
    one.pass(2000);
    expect(one.dues()).toEqual(at(1, 4));
    expect(one.missed()).toEqual(
      at(2, 3, 5).map((due) => ({ reason: 'overlap', slots: 1, firstDueAt: due, lastDueAt: due })),
    );
  });

  it('buffer-one: one waits', () => {
    using one = world({ overlap: 'buffer-one' });
    one.pass(4000);
    expect(one.dues()).toEqual(at(1, 2));
    expect(one.missed().map(({ firstDueAt }) => firstDueAt)).toEqual(at(3, 4));
  });

  it('cancel-other: the latest takes the place of those before it', () => {
    using one = world({ overlap: 'cancel-other' });
    one.pass(1000);
    one.ledger.started(`beat@${start + 1000}`, one.now);
    one.pass(1000);
    expect(one.ledger.get(`beat@${start + 1000}`)).toMatchObject({ state: 'running', cancelRequested: true });
    one.pass(1000);
    expect(one.ledger.get(`beat@${start + 2000}`)).toMatchObject({ state: 'finished', outcome: 'cancelled' });
    expect(one.ledger.get(`beat@${start + 3000}`)).toMatchObject({ state: 'claimed' });
  });

  it('buffer-all: ten thousand wait, and no more', () => {
    using one = world({ catchUp: { policy: 'all', windowMs: 24 * hourMs } });
    one.move(10_005_000);
    expect(one.dues()).toHaveLength(10_000);
    expect(one.missed()).toEqual([
      { reason: 'overlap', slots: 5, firstDueAt: start + 10_001_000, lastDueAt: start + 10_005_000 },
    ]);
    one.ledger.cancel(`beat@${start + 1000}`, one.now);
    one.pass(2000);
    expect(one.dues()).toHaveLength(10_001);
  });
});

describe('a skill that is changed', () => {
  it('keeps its account when anything but its schedule changes', () => {
    using one = world();
    one.pass(2000);
    one.now += 3000;
    one.use(aSkill('every: 1s', { timeoutMs: 7 }));
    one.pass(1000);
    expect(one.dues()).toEqual(at(1, 2, 3, 4, 5, 6));
  });

  it('begins anew with another schedule', () => {
    using one = world();
    one.pass(1000);
    one.now += 10_000;
    one.use(aSkill('every: 2s'));
    one.pass(2000);
    expect(one.dues()).toEqual(at(1, 12));
    expect(one.missed()).toEqual([]);
  });

  it('owes nothing for the time in which it was disabled, and its waiting slots are cancelled', () => {
    using one = world();
    one.pass(2000);
    one.ledger.started(`beat@${start + 1000}`, one.now);
    one.use(aSkill('every: 1s', { enabled: false }));
    one.pass(5000);
    one.use(aSkill('every: 1s'));
    one.pass(1000);
    expect(one.dues()).toEqual(at(1, 2, 8));
    expect(one.missed()).toEqual([]);
    expect(one.ledger.get(`beat@${start + 1000}`)).toMatchObject({ state: 'running', cancelRequested: false });
    expect(one.ledger.get(`beat@${start + 2000}`)).toMatchObject({
      outcome: 'cancelled',
      reason: 'the skill was disabled',
    });
  });

  it('takes its waiting runs with it when it is removed, those that were asked for as well', () => {
    using one = world();
    one.pass(1000);
    one.ledger.request({ id: 'asked', skill: 'beat', requestedAt: one.now });
    one.use();
    expect(one.ledger.get('asked')).toMatchObject({ outcome: 'cancelled', reason: 'the skill was removed' });
    expect(one.ledger.get(`beat@${start + 1000}`)).toMatchObject({ outcome: 'cancelled' });
    one.pass(5000);
    one.use(aSkill('every: 1s'));
    expect(one.dues()).toEqual(at(1));
  });

  it('keeps everything while its file cannot be used, or the folder cannot be listed', () => {
    using one = world();
    one.pass(1000);
    one.useSet({ skills: new Map(), problems: new Map([['beat', 'is bad']]), folderProblem: null });
    one.useSet({ skills: new Map(), problems: new Map(), folderProblem: 'EIO' });
    one.now += 2000;
    one.use(aSkill('every: 1s'));
    expect(one.dues()).toEqual(at(1, 2, 3));
    expect(one.ledger.inState('claimed')).toHaveLength(3);
  });
});

describe('dates', () => {
  it('that are past when they are first seen are caught up within the window, once', () => {
    const list = 'at: 2023-11-14T22:00:00Z, 2023-11-14T22:10:00Z, 2023-11-14T22:13:30Z';
    using one = new SchedulerWorld(start, aSkill(list, { catchUp: { policy: 'all', windowMs: 300_000 } }));
    one.restart();
    one.move(15_000);
    expect(one.dues()).toEqual(['2023-11-14T22:10:00Z', '2023-11-14T22:13:30Z'].map(Date.parse));
    expect(one.scheduler.nextDueAt('beat')).toBeNull();
  });
});

describe('a clock that is set', () => {
  it('years ahead and right again does not keep the skill waiting for years, nor run a slot twice', () => {
    using one = world();
    one.pass(3000);
    one.move(30 * yearMs);
    const farOff = one.dues().length;
    one.move(-30 * yearMs - 2000);
    one.pass(5000);
    expect(one.dues().slice(0, 6)).toEqual(at(1, 2, 3, 4, 5, 6));
    expect(one.dues()).toHaveLength(farOff + 3);
    expect(one.missed()).toHaveLength(1);
    one.restart();
    one.pass(2000);
    expect(one.dues()).toHaveLength(farOff + 5);
  });

  it('does not make the ledger forget what has run', async () => {
    using one = world();
    one.pass(3000);
    one.finishAll();
    one.move(30 * yearMs);
    one.finishAll();
    await one.ledger.prune(one.now);
    expect(one.dues()[0]).toBeGreaterThan(start + 29 * yearMs);
    one.move(-30 * yearMs - 2000);
    one.pass(5000);
    expect(one.dues().slice(0, 3)).toEqual(at(4, 5, 6));
  });

  it('right only after the first start does not keep the skill waiting for years', () => {
    using one = world();
    one.pass(2000);
    one.move(-30 * yearMs);
    one.pass(2000);
    expect(one.dues()).toHaveLength(4);
  });

  it('right only after the first start records what is missed from then on, as ever', () => {
    using one = world({ overlap: 'skip', catchUp: { policy: 'all', windowMs: 10_000 } });
    one.pass(2000);
    one.move(-yearMs);
    one.finishAll();
    one.pass(3000);
    one.move(3600_000);
    one.finishAll();
    expect(one.missed().map(({ reason, slots }) => [reason, slots])).toEqual([
      ['overlap', 1],
      ['overlap', 1],
      ['overlap', 1],
      ['catch-up-window', 3590],
      ['overlap', 10],
    ]);
    one.move(yearMs);
    expect(new Set(one.dues()).size).toBe(one.dues().length);
  });

  it('years back and right again loses nothing and counts nothing twice', () => {
    using one = world();
    one.pass(3000);
    one.move(-50 * yearMs);
    one.restart();
    one.pass(2000);
    expect(one.dues()).toHaveLength(5);
    one.move(50 * yearMs);
    one.pass(1000);
    expect(one.dues().slice(-6)).toEqual(at(1, 2, 3, 4, 5, 6));
    expect(one.missed()).toEqual([]);
  });

  it('back by a minute at most is waited for', () => {
    using one = world();
    one.pass(5000);
    one.move(-4000);
    one.pass(6000);
    expect(one.dues()).toEqual(at(1, 2, 3, 4, 5, 6, 7));
  });
});

describe('jitter', () => {
  it('delays the start of a slot, the same after a restart, and claims it at its time', () => {
    const starts = () => {
      using one = world({ jitterMs: 30_000 }, 'every: 1m');
      one.pass(120_000);
      return one.ledger.open('beat').map(({ dueAt, notBefore }) => Number(notBefore) - Number(dueAt));
    };
    expect(starts()).toEqual(starts());
    expect(starts()).toHaveLength(2);
    for (const delayMs of starts()) expect(delayMs >= 0 && delayMs < 30_000).toBe(true);
  });
});

describe('many skills', () => {
  it('cost a look at the clock, not a look at the calendar, while nothing is due', () => {
    let looks = 0;
    const hourly = parseSchedule('0 * * * *');
    const schedule: Schedule = {
      ...hourly,
      next: (after) => {
        looks += 1;
        return hourly.next(after);
      },
    };
    const skills = Array.from({ length: 1000 }, (_, i) => ({ ...aSkill(null), name: `skill-${i}`, schedule }));
    using one = new SchedulerWorld(Date.UTC(2026, 0, 1, 10, 30), ...skills);
    looks = 0;
    one.pass(60_000);
    expect(looks).toBe(0);
    one.move(30 * 60_000);
    expect(one.ledger.inState('claimed')).toHaveLength(1000);
    expect(looks).toBeLessThan(5000);
  });
});
