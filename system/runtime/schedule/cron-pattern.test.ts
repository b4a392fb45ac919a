import { describe, expect, it } from 'vitest';
import { cron } from './cron.ts';

const hourMs = 3_600_000;

describe('the longest gap of a cron schedule', () => {
  it.each([
    ['* * * * * *', 1 / 3600],
    ['*/5 * * * *', 1 / 12],
    ['0 * * * *', 1],
    ['0 9,13,18 * * *', 15 + 1],
    ['55 23 * * *', 24 + 1],
    ['0 9 * * 1-5', 3 * 24 + 1],
    ['* 9-17 * * 1-5', 63 + 1 / 60 + 1],
    ['0 0 1 * *', 31 * 24 + 1],
    ['0 9 1 1-3 *', (365 - 59) * 24 + 1],
    ['@weekly', 7 * 24 + 1],
    ['@daily', 24 + 1],
    ['@yearly', 366 * 24 + 1],
  ])('of "%s" is %d hours, the one by which the clocks are changed included', (pattern, hours) => {
    expect(cron(pattern, 'UTC').longestGapMs()).toBeCloseTo(hours * hourMs, 0);
  });

  it.each(['0 9 * * 1-5', '30 2 * * *', '0 */2 * * *', '*/20 9-17 * * 1-5', '0 0 1,20 * 1'])(
    'is never exceeded (%s)',
    (pattern) => {
      const schedule = cron(pattern, 'Europe/Berlin');
      const longest = schedule.longestGapMs() ?? 0;
      let before = Date.UTC(2026, 2, 27);
      for (let due = schedule.next(before); due !== null && due < Date.UTC(2026, 3, 3); due = schedule.next(due)) {
        expect(due - before).toBeLessThanOrEqual(longest);
        before = due;
      }
    },
  );
});
