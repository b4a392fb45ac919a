import { describe, expect, it } from 'vitest';
import { dates } from './dates.ts';

const noon = Date.parse('2026-03-01T12:00:00Z');

describe('dates', () => {
  const schedule = dates('2026-03-01T14:00:00+01:00, 2026-03-01T12:00:00Z,2026-03-01T13:00:00+01:00');

  it('is due once at each, whatever their order, and then never again', () => {
    expect(schedule.next(0)).toBe(noon);
    expect(schedule.next(noon - 1)).toBe(noon);
    expect(schedule.next(noon)).toBe(noon + 3_600_000);
    expect(schedule.next(noon + 3_600_000)).toBeNull();
    expect(schedule.between(0, noon)).toEqual({ firstDueAt: noon, lastDueAt: noon, slots: 1 });
    expect(schedule.between(noon, noon)).toBeNull();
    expect(schedule.longestGapMs()).toBeNull();
  });

  it('has one text for the same dates', () => {
    expect(schedule.text).toBe('at: 2026-03-01T12:00:00.000Z, 2026-03-01T13:00:00.000Z');
    expect(dates('2026-03-01T13:00:00Z, 2026-03-01T12:00:00Z').text).toBe(schedule.text);
  });

  it('tells long lists apart in a short text', () => {
    const list = (minute: string) =>
      dates(
        Array.from(
          { length: 60 },
          (_, i) => `2026-03-01T${10 + (i % 10)}:${minute}:${String(i).padStart(2, '0')}Z`,
        ).join(),
      );
    expect(list('00').text.length).toBeLessThanOrEqual(200);
    expect(list('00').text).toMatch(/^at: 2026-03-01T10:00:00.000Z, … \(60 dates, \w{12}\)$/);
    expect(list('00').text).not.toBe(list('01').text);
  });

  it.each([
    '',
    'tomorrow',
    '2026-03-01',
    '2026-03-01T09:00:00',
    '2026-02-30T09:00:00Z',
    '2026-03-01T09:00:00Z,',
    '1960-01-01T00:00:00Z',
  ])('refuses "%s"', (text) => {
    expect(() => dates(text)).toThrow(
      /after "at:" write a date with its offset from UTC, such as 2026-03-01T09:00:00\+01:00/,
    );
  });

  it('takes a hundred and no more', () => {
    const list = (n: number) => Array.from({ length: n }, () => '2026-03-01T12:00:00Z').join();
    expect(dates(list(100)).next(0)).toBe(noon);
    expect(() => dates(list(101))).toThrow('100 dates at most');
  });
});
