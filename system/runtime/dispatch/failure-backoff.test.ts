import { Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import type { QueuedRun } from '../ledger/ledger-row.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { testSkill } from './skill.fixture.ts';

const noon = 1_700_000_000_000;

describe('the backoff of a skill that keeps failing', () => {
  const skill = testSkill('crash', 'every: 2s');
  let failures: number;
  let finishedAt: number | undefined;
  let wall: number;
  let clock: number;
  let registry: Registry;

  beforeEach(() => {
    failures = 0;
    finishedAt = undefined;
    wall = noon;
    clock = 0;
    registry = new Registry();
  });
  const backoff = () =>
    new FailureBackoff({
      ledger: { latest: () => (finishedAt === undefined ? undefined : ({ finishedAt } as QueuedRun)) },
      totals: { consecutiveFailures: () => failures },
      registry,
      now: () => wall,
      clock: () => clock,
    });
  const pauseAfter = (count: number) => {
    failures = count;
    const one = backoff();
    one.ended(skill);
    return (one.until(skill) ?? wall) - wall;
  };

  it('begins with one period after five failures in a row, and doubles up to five minutes', () => {
    expect([0, 1, 4, 5, 6, 7, 8, 12, 13, 5000].map(pauseAfter)).toEqual([
      0, 0, 0, 2000, 4000, 8000, 16_000, 256_000, 300_000, 300_000,
    ]);
  });

  it('is over when its time has passed, or with the first success', async () => {
    failures = 6;
    const one = backoff();
    one.ended(skill);
    clock += 3999;
    expect(one.isPaused(skill)).toBe(true);
    expect(await registry.metrics()).toContain('openclaw_skill_backoff{skill="crash"} 1');
    clock += 1;
    expect(one.isPaused(skill)).toBe(false);
    one.ended(skill);
    expect(one.isPaused(skill)).toBe(true);
    failures = 0;
    one.ended(skill);
    expect(one.isPaused(skill)).toBe(false);
    expect(await registry.metrics()).toContain('openclaw_skill_backoff{skill="crash"} 0');
  });

  it('outlives the process, for as long as is left of it', () => {
    failures = 7;
    finishedAt = wall - 3000;
    const next = backoff();
    expect(next.until(skill)).toBe(wall + 5000);
    clock += 5000;
    expect(next.isPaused(skill)).toBe(false);
  });

  it('is neither shortened nor prolonged by a clock that is set', () => {
    failures = 5;
    const one = backoff();
    one.ended(skill);
    wall += 3_600_000;
    expect(one.isPaused(skill)).toBe(true);
    wall -= 7_200_000;
    clock += 2000;
    expect(one.isPaused(skill)).toBe(false);
    // Across a restart too: what ended in the future ended now.
    finishedAt = wall + 86_400_000;
    expect(backoff().until(skill)).toBe(wall + 2000);
  });

  it('never touches a skill without a schedule', () => {
    failures = 50;
    const one = backoff();
    const asked = testSkill('asked', null);
    one.ended(asked);
    expect(one.isPaused(asked)).toBe(false);
  });
});
