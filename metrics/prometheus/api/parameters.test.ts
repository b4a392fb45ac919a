import { describe, expect, it } from 'vitest';
import { Form } from './form.ts';
import {
  durationParameter,
  limitParameter,
  optionalDuration,
  optionalTime,
  span,
  timeParameter,
} from './parameters.ts';

function formOf(name: string, value: string): Form {
  return new Form(new URLSearchParams({ [name]: value }).toString());
}

// Each of these was asked of the real server too.
describe('a time', () => {
  it.each([
    ['0', 0],
    ['1795379842.1239', 1_795_379_842_124],
    ['1.0009999', 1001],
    ['-1.5', -1500],
    ['1.', 1000],
    ['.5', 500],
    ['+5', 5000],
    ['1e9', 1e12],
    ['2026-01-01T00:00:00Z', Date.UTC(2026, 0, 1)],
    ['2026-01-01T00:00:00.123456789Z', Date.UTC(2026, 0, 1, 0, 0, 0, 123)],
    ['2026-01-01T00:00:00,5+01:00', Date.UTC(2025, 11, 31, 23, 0, 0, 500)],
    ['2026-01-01T00:00:00-01:30', Date.UTC(2026, 0, 1, 1, 30)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
    ['0001-01-01T00:00:00Z', -62_135_596_800_000],
    ['1969-12-31T23:59:59.5Z', -500],
    ['NaN', -8.64e15],
    ['-Inf', -8.64e15],
    ['1e300', 8.64e15],
    ['+infinity', 8.64e15],
  ])('%s is read', (text, ms) => {
    expect(timeParameter(formOf('time', text), 'time')).toBe(ms);
  });

  it.each(
    [
      ['', 'abc', '.', '1e400', '2026-01-01', '2026-01-01t00:00:00z', '2026-02-30T00:00:00Z', '2026-01-01T24:00:00Z'],
      ['2026-01-01T23:59:60Z', '2026-01-01T00:00:00 01:00', ' 1', '1s', '0x', '--1', '-nan'],
    ].flat(),
  )('%j is none', (text) => {
    expect(() => timeParameter(formOf('start', text), 'start')).toThrow(
      `invalid parameter "start": cannot parse ${JSON.stringify(text)} to a valid timestamp`,
    );
  });

  it('may be absent where there is a default, but not wrong', () => {
    expect(optionalTime(new Form(), 'time', 7)).toBe(7);
    expect(span(formOf('end', '3'))).toEqual({ startMs: -8.64e15, endMs: 3000 });
    expect(() => optionalTime(formOf('time', 'x'), 'time', 7)).toThrow(
      `invalid parameter "time": invalid time value for 'time': cannot parse "x" to a valid timestamp`,
    );
  });
});

describe('a duration', () => {
  it.each([
    ['1', 1e9],
    ['0.0015', 1_500_000],
    ['1m30s', 90e9],
    ['1e-10', 0],
    ['-1', -1e9],
    ['NaN', -(2 ** 63)],
  ])('%s is read', (text, ns) => {
    expect(durationParameter(formOf('step', text), 'step')).toBe(ns);
  });

  it.each([
    ['', 'cannot parse "" to a valid duration'],
    ['-1s', 'cannot parse "-1s" to a valid duration'],
    ['30s1m', 'cannot parse "30s1m" to a valid duration'],
    ['1e300', 'cannot parse "1e300" to a valid duration. It overflows int64'],
    ['Inf', 'cannot parse "Inf" to a valid duration. It overflows int64'],
  ])('%j is none', (text, reason) => {
    expect(() => durationParameter(formOf('step', text), 'step')).toThrow(`invalid parameter "step": ${reason}`);
  });

  it('may be absent', () => {
    expect(optionalDuration(new Form(), 'timeout')).toBeUndefined();
    expect(optionalDuration(formOf('timeout', '1.5'), 'timeout')).toBe(1500);
  });
});

describe('a limit', () => {
  it.each([
    ['', 0],
    ['0', 0],
    ['5', 5],
    ['+5', 5],
    ['9000000000000000000', Number.MAX_SAFE_INTEGER],
  ])('%j is %d', (text, limit) => {
    expect(limitParameter(formOf('limit', text))).toBe(limit);
  });

  it.each([
    ['-1', 'limit must be non-negative'],
    ['x', 'strconv.Atoi: parsing "x": invalid syntax'],
    ['1.5', 'strconv.Atoi: parsing "1.5": invalid syntax'],
    ['99999999999999999999', 'strconv.Atoi: parsing "99999999999999999999": value out of range'],
  ])('%j is none', (text, reason) => {
    expect(() => limitParameter(formOf('limit', text))).toThrow(`invalid parameter "limit": ${reason}`);
  });
});
