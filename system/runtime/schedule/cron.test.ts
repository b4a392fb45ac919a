import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cron } from './cron.ts';

const berlin = 'Europe/Berlin';
const hourMs = 3_600_000;

/** Due times in [from, to), in UTC, as `29T01:00`. */
function dues(pattern: string, timezone: string, from: string, to: string): string[] {
  const schedule = cron(pattern, timezone);
  const found: string[] = [];
  for (let due = schedule.next(Date.parse(from) - 1); due !== null && due < Date.parse(to); due = schedule.next(due))
    found.push(new Date(due).toISOString().slice(8, 16));
  return found;
}

describe('cron when the clocks go forward (Berlin, 29 March 2026: 02:00 becomes 03:00)', () => {
  it.each([
    // A fixed time in the hour that is left out runs at the first moment after it, once, even if several fall into it.
    ['30 2 * * *', ['28T01:30', '29T01:00', '30T00:30']],
    ['0 2 * * *', ['28T01:00', '29T01:00', '30T00:00']],
    ['15,45 2 * * *', ['28T01:15', '28T01:45', '29T01:00', '30T00:15', '30T00:45']],
    // Fixed times around it are as every day.
    ['30 1 * * *', ['28T00:30', '29T00:30', '29T23:30']],
    ['0 3 * * *', ['28T02:00', '29T01:00', '30T01:00']],
  ])('%s', (pattern, expected) => {
    expect(dues(pattern, berlin, '2026-03-28T00:00:00Z', '2026-03-30T02:00:00Z')).toEqual(expected);
  });

  it.each([
    ['0 * * * *', ['29T00:00', '29T01:00', '29T02:00']],
    ['*/30 * * * *', ['29T00:00', '29T00:30', '29T01:00', '29T01:30', '29T02:00', '29T02:30']],
    ['*/20 2 * * *', []],
  ])('what repeats (%s) goes on in real time, and has no slot in the hour that is left out', (pattern, expected) => {
    expect(dues(pattern, berlin, '2026-03-29T00:00:00Z', '2026-03-29T03:00:00Z')).toEqual(expected);
  });

  it('is due every 5 minutes all through', () => {
    expect(dues('*/5 * * * *', berlin, '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toHaveLength(23 * 12);
  });
});

describe('cron when the clocks go back (Berlin, 25 October 2026: 03:00 becomes 02:00)', () => {
  it.each([
    // A fixed time in the hour that comes twice runs once, the first time.
    ['30 2 * * *', ['24T00:30', '25T00:30', '26T01:30']],
    ['0 2 * * *', ['24T00:00', '25T00:00', '26T01:00']],
    ['15,45 2 * * *', ['24T00:15', '24T00:45', '25T00:15', '25T00:45', '26T01:15', '26T01:45']],
    ['0 3 * * *', ['24T01:00', '25T02:00', '26T02:00']],
  ])('%s', (pattern, expected) => {
    expect(dues(pattern, berlin, '2026-10-24T00:00:00Z', '2026-10-26T03:00:00Z')).toEqual(expected);
  });

  it.each([
    ['0 * * * *', ['25T00:00', '25T01:00', '25T02:00']],
    ['*/30 * * * *', ['25T00:00', '25T00:30', '25T01:00', '25T01:30', '25T02:00', '25T02:30']],
  ])('what repeats (%s) goes on in real time, through both of the doubled hours', (pattern, expected) => {
    expect(dues(pattern, berlin, '2026-10-25T00:00:00Z', '2026-10-25T03:00:00Z')).toEqual(expected);
  });

  it('is due every 5 minutes all through', () => {
    expect(dues('*/5 * * * *', berlin, '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toHaveLength(25 * 12);
  });
});

describe('cron', () => {
  it('is due by the clock of its zone, named in the text or beside it', () => {
    const summer = Date.parse('2026-07-01T00:00:00Z');
    for (const schedule of [
      cron('CRON_TZ=Asia/Tokyo 0 9 * * *'),
      cron('TZ=Asia/Tokyo 0 9 * * *'),
      cron('0 9 * * *', 'Asia/Tokyo'),
    ]) {
      expect(schedule.next(summer)).toBe(Date.parse('2026-07-02T00:00:00Z'));
      expect(schedule.text).toBe('CRON_TZ=Asia/Tokyo 0 9 * * *');
    }
    expect(cron('0 9 * * *').text).toBe('0 9 * * *');
  });

  it.each([
    ['0 9 * * *', 'Europe/Bonn', /no time zone "Europe\/Bonn": write one such as Europe\/Berlin/],
    ['TZ=Europe/Berlin 0 9 * * *', 'Asia/Tokyo', /names the time zone Europe\/Berlin, but timezone says Asia\/Tokyo/],
    ['TZ= 0 9 * * *', undefined, /no time zone ""/],
    ['@reboot', undefined, /neither cron/],
  ])('refuses "%s" in %s', (text, timezone, problem) => {
    expect(() => cron(text, timezone)).toThrow(problem);
  });

  const field = (max: number) =>
    fc.oneof(
      fc.constant('*'),
      fc.integer({ min: 2, max: 24 }).map((step) => `*/${step}`),
      fc.uniqueArray(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 3 }).map((list) => list.join(',')),
    );
  const days = fc.constantFrom('* * *', '1,15 * *', '* * 1-5', '* 3,10 *');
  const pattern = fc
    .tuple(fc.option(field(59), { nil: '' }), field(59), field(23), days)
    .map((parts) => parts.join(' ').trim());
  const zones = fc.constantFrom('UTC', berlin, 'America/New_York', 'Australia/Lord_Howe');
  /** Around the changes of the clocks as often as not. */
  const start = fc.tuple(
    fc.constantFrom('2026-03-08', '2026-03-28', '2026-04-04', '2026-10-03', '2026-10-24', '2026-11-01', '2026-06-10'),
    fc.integer({ min: 0, max: 30 * 3600 }),
  );

  it('counts what it would come to one by one, by whole days as well, and names the first and the last', {
    timeout: 60_000,
  }, () => {
    fc.assert(
      fc.property(pattern, zones, start, fc.integer({ min: 1, max: 120 }), (text, zone, [date, seconds], hours) => {
        const schedule = cron(text, zone);
        const after = Date.parse(date) + seconds * 1000;
        const until = after + hours * hourMs;
        const slots: number[] = [];
        for (
          let due = schedule.next(after);
          due !== null && due <= until && slots.length < 1500;
          due = schedule.next(due)
        )
          slots.push(due);
        fc.pre(slots.length < 1500);
        const range = { firstDueAt: slots[0], lastDueAt: slots.at(-1), slots: slots.length };
        expect(schedule.between(after, until)).toEqual(slots.length === 0 ? null : range);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['2026-03-24T12:34:00Z', '2026-04-03T01:10:00Z'],
    ['2026-10-20T12:34:00Z', '2026-11-01T01:10:00Z'],
  ])('counts days in which the clocks are changed by their own length (%s)', (from, to) => {
    const [after, until] = [Date.parse(from), Date.parse(to)];
    expect(cron('* * * * *', berlin).between(after, until)?.slots).toBe((until - after) / 60_000);
    expect(cron('*/30 * * * * *', 'Australia/Lord_Howe').between(after, until)?.slots).toBe((until - after) / 30_000);
  });

  it('counts the seconds of a year in no time', () => {
    const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)];
    expect(cron('* * * * * *', 'UTC').between(from, to)?.slots).toBe((to - from) / 1000);
    expect(cron('*/10 * * * * *', berlin).between(from, to)?.slots).toBe((to - from) / 10_000);
  });
});
