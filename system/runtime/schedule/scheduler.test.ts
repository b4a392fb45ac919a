import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { openLedgerInMemory } from '../ledger/open-ledger.ts';
import { aSkill } from './scheduler.fixture.ts';
import { Scheduler } from './scheduler.ts';

const start = 1_700_000_000_500;

describe('the scheduler', () => {
  let state: ReturnType<typeof openLedgerInMemory>;
  let ledger: Ledger;
  let registry: Registry;
  let waiting: boolean;
  let claims: number;
  const schedulers: Scheduler[] = [];

  beforeEach(() => {
    vi.useFakeTimers({ now: start });
    registry = new Registry();
    state = openLedgerInMemory({ registry });
    ledger = state.ledger;
    waiting = false;
    claims = 0;
  });
  afterEach(() => {
    for (const scheduler of schedulers.splice(0)) scheduler.stop();
    vi.useRealTimers();
    state.close();
  });

  const run = (schedule: string) => {
    const scheduler = new Scheduler({
      ledger,
      log: createLogger('test', 'silent'),
      mustWait: () => waiting,
      onClaimed: () => {
        claims += 1;
      },
    });
    schedulers.push(scheduler);
    scheduler.use([aSkill(schedule)]);
    return scheduler;
  };
  const dues = () => ledger.changes(0, 10_000).map(({ dueAt }) => (dueAt ?? 0) - 1_700_000_000_000);
  const fate = async (name: string) => {
    const metric = await registry.getSingleMetric('openclaw_skill_slots_total')?.get();
    return metric?.values.find(({ labels }) => labels.fate === name)?.value ?? 0;
  };

  it('claims each slot at its time, none early, beginning with the first after it was seen', async () => {
    run('every: 1s');
    await vi.advanceTimersByTimeAsync(499);
    expect(dues()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2001);
    expect(dues()).toEqual([1000, 2000, 3000]);
    expect(claims).toBe(3);
  });

  it('catches up what came due while it was down, oldest first, each once', async () => {
    run('every: 1s').stop();
    vi.setSystemTime(start + 4000);
    run('every: 1s');
    expect(dues()).toEqual([1000, 2000, 3000, 4000]);
    expect(ledger.next('beat')?.dueAt).toBe(1_700_000_001_000);
    expect([await fate('caught-up'), await fate('claimed')]).toEqual([3, 1]);
    await vi.advanceTimersByTimeAsync(500);
    expect(dues()).toEqual([1000, 2000, 3000, 4000, 5000]);
  });

  it.each([
    ['every: 1m', 180],
    ['* * * * *', 180],
  ])('counts as missed what is older than an hour (%s)', async (schedule, slots) => {
    run(schedule).stop();
    vi.setSystemTime(start + 3 * 3_600_000);
    run(schedule);
    expect(dues()).toHaveLength(60);
    expect(await fate('missed')).toBe(slots - 60);
  });

  it('begins anew with another schedule', () => {
    run('every: 1s').stop();
    vi.setSystemTime(start + 10_000);
    run('every: 2s');
    expect(dues()).toEqual([]);
  });

  it('defers the slots of a skill that must wait', () => {
    waiting = true;
    run('every: 1s');
    vi.advanceTimersByTime(1500);
    expect(ledger.inState('deferred')).toHaveLength(2);
    expect(ledger.next('beat')).toBeUndefined();
    ledger.resume(['beat']);
    expect(ledger.next('beat')).toMatchObject({ dueAt: 1_700_000_001_000, late: true });
  });

  it('goes on when the clock is set back, and runs no slot twice', () => {
    run('every: 1s');
    vi.advanceTimersByTime(600_000);
    const before = dues().length;
    vi.setSystemTime(start + 1000);
    vi.advanceTimersByTime(10_000);
    expect(dues()).toHaveLength(before);
    vi.advanceTimersByTime(600_000);
    expect(dues().length).toBeGreaterThan(before);
    expect(new Set(dues()).size).toBe(dues().length);
  });

  it('notices a clock that is set forward within a second', () => {
    run('0 * * * *');
    vi.advanceTimersByTime(1000);
    vi.setSystemTime(start + 3_600_000);
    vi.advanceTimersByTime(1000);
    expect(dues()).toHaveLength(1);
  });
});
