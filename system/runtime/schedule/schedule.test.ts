import { describe, expect, it } from 'vitest';
import { parseSchedule } from './schedule.ts';

describe('parseSchedule', () => {
  it.each(['every: 2s', 'every 2s', 'every:2s', ' every: 2000ms '])('aligns "%s" to the epoch', (text) => {
    const schedule = parseSchedule(text);
    expect(schedule.next(0)).toBe(2000);
    expect(schedule.next(1999)).toBe(2000);
    expect(schedule.next(2000)).toBe(4000);
    expect(schedule.next(1_700_000_000_001)).toBe(1_700_000_002_000);
  });

  it.each([
    ['*/5 * * * *', '2026-03-01T10:02:00.500', '2026-03-01T10:05:00.000'],
    ['*/2 * * * * *', '2026-03-01T10:02:00.500', '2026-03-01T10:02:02.000'],
    ['55 23 * * *', '2026-03-01T23:55:00.000', '2026-03-02T23:55:00.000'],
  ])('finds the next time of "%s" in local time', (text, after, next) => {
    expect(parseSchedule(text).next(new Date(after).getTime())).toBe(new Date(next).getTime());
  });

  it('counts in the half-open interval', () => {
    const three = { firstDueAt: 2000, lastDueAt: 4000, slots: 3 };
    expect(parseSchedule('every: 1s').between(1000, 4000)).toEqual(three);
    expect(parseSchedule('* * * * * *').between(1000, 4000)).toEqual(three);
    expect(parseSchedule('every: 1s').between(4000, 1000)).toBeNull();
  });

  it.each([
    ['every: soon', /from 100ms to 366d/],
    ['every: 5ms', /from 100ms to 366d/],
    ['every: 400d', /from 100ms to 366d/],
    ['61 * * * *', /neither cron/],
    ['* * * *', /neither cron/],
    ['* * * * * * 2030', /neither cron/],
    ['hourly', /neither cron/],
    ['0 0 30 2 *', /never comes due/],
  ])('refuses "%s"', (text, problem) => {
    expect(() => parseSchedule(text)).toThrow(problem);
  });
});
