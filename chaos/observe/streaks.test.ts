import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Coverage } from './coverage.ts';
import type { Probe } from './probe-track.ts';
import { goodBetween, onsetOf, outagesIn, outagesOf, streakAfter } from './streaks.ts';

/** `g` good, `b` bad, `v` void: one probe every 100 ms from 0 on, each taking 10 ms. */
function probes(pattern: string, everyMs = 100): Probe[] {
  const results = { g: 'good', b: 'bad', v: 'void' } as const;
  return [...pattern.replaceAll(' ', '')].map((letter, index) => ({
    startMs: index * everyMs,
    endMs: index * everyMs + 10,
    result: results[letter as keyof typeof results],
  }));
}

describe('onset', () => {
  it.each([
    ['gggbbg', 0, 300],
    ['gggbgg', 0, 300],
    ['bbbggg', 100, 100],
    ['bgggbg', 100, 400],
    ['gvvvbg', 0, 400],
    ['gggggg', 0, undefined],
    ['', 0, undefined],
  ])('of %s from %d ms on', (pattern, fromMs, expected) => {
    expect(onsetOf(probes(pattern), fromMs, 10_000)).toBe(expected);
  });

  it('ends where observation of the fault ends', () => {
    expect(onsetOf(probes('gggb'), 0, 300)).toBeUndefined();
  });
});

describe('outages', () => {
  it.each([
    ['gggg', []],
    ['gbgbg', []],
    ['gbbg', [{ fromMs: 100, lastBadMs: 200, lastGoodMs: 0, endedMs: 310 }]],
    ['gbvbg', [{ fromMs: 100, lastBadMs: 300, lastGoodMs: 0, endedMs: 410 }]],
    ['gbbb', [{ fromMs: 100, lastBadMs: 300, lastGoodMs: 0, endedMs: undefined }]],
    ['gb', []],
  ])('of %s', (pattern, expected) => {
    expect(outagesOf(probes(pattern))).toEqual(expected);
  });

  it('belong to a fault if one of their bad probes does', () => {
    const all = probes('gbbg bbbg');
    expect(outagesIn(all, 0, 10_000)).toHaveLength(2);
    expect(outagesIn(all, 300, 10_000)).toHaveLength(1);
    expect(outagesIn(all, 200, 10_000)).toHaveLength(2);
    expect(outagesIn(all, 0, 400)).toHaveLength(1);
  });
});

describe('recovery', () => {
  it('is the first good probe of the streak that lasts', () => {
    const all = probes('gggbbbg bgggggg');
    expect(streakAfter(all, 500, 1500)).toEqual({ atMs: 810, resolutionMs: 100, streakMs: 690 });
  });

  it('is undone by a relapse, even of one probe', () => {
    expect(streakAfter(probes('bbgggggb'), 100, 800)).toBeUndefined();
  });

  it('does not begin before it may', () => {
    expect(streakAfter(probes('gggggg'), 250, 600)).toMatchObject({ atMs: 310, resolutionMs: 100 });
  });

  it('is not claimed for time without probes', () => {
    expect(streakAfter(probes('bbgg'), 0, 60_000)?.streakMs).toBe(490);
  });

  it('is not there without a good probe', () => {
    for (const pattern of ['', 'bbb', 'vvv', 'bvv']) expect(streakAfter(probes(pattern), 0, 1000)).toBeUndefined();
  });
});

it('counts good probes that lie wholly between onset and heal', () => {
  const all = probes('bgggb');
  expect(goodBetween(all, 0, 500)).toBe(3);
  expect(goodBetween(all, 150, 305)).toBe(1);
  expect(goodBetween(all, 0, 0)).toBe(0);
});

describe('seconds observed and available', () => {
  const windows = [
    { phase: 'before', fromMs: 0, toMs: 500 },
    { phase: 'during', fromMs: 500, toMs: Number.POSITIVE_INFINITY },
  ] as const;

  function cover(all: readonly Probe[], endMs: number, lags: { fromMs: number; toMs: number }[] = []) {
    const coverage = new Coverage();
    coverage.advance(all, windows, lags, endMs);
    const { before, during } = coverage.seconds;
    return [before.observed, before.available, during.observed, during.available].map((s) => Math.round(s * 1000));
  }

  it.each([
    ['all good', 'gggggggggg', [500, 500, 500, 500]],
    ['one bad probe is no outage', 'ggbggggbgg', [500, 500, 500, 500]],
    ['two are', 'ggbbgggggg', [500, 300, 500, 500]],
    ['void is not observed', 'ggvvgggggg', [300, 300, 500, 500]],
    ['void does not part two bad ones', 'ggbvbggggg', [400, 200, 500, 500]],
    ['bad to the end', 'gggggggbbb', [500, 500, 500, 200]],
    ['one bad at the very end', 'gggggggggb', [500, 500, 500, 500]],
  ])('%s: %s', (_, pattern, expected) => {
    expect(cover(probes(pattern), 1000)).toEqual(expected);
  });

  it('cuts out time in which the harness stood still', () => {
    expect(cover(probes('gggggggggg'), 1000, [{ fromMs: 450, toMs: 850 }])).toEqual([450, 450, 150, 150]);
  });

  it('lets a probe speak for a short while only', () => {
    expect(cover(probes('gg'), 1000)).toEqual([500, 500, 0, 0]);
    expect(cover([...probes('g'), { startMs: 900, endMs: 910, result: 'good' }], 1000)).toEqual([400, 400, 100, 100]);
  });

  it('is the same whether it is added up once or bit by bit, and never more than there was time', () => {
    const pattern = fc.array(fc.constantFrom('g', 'b', 'v'), { maxLength: 60 }).map((letters) => letters.join(''));
    fc.assert(
      fc.property(pattern, fc.array(fc.nat(60)), (letters, stops) => {
        const all = probes(letters);
        const endMs = all.length * 100;
        const stepwise = new Coverage();
        for (const stop of stops.sort((a, b) => a - b)) stepwise.advance(all.slice(0, stop), windows, []);
        stepwise.advance(all, windows, [], endMs);
        const once = new Coverage();
        once.advance(all, windows, [], endMs);
        for (const phase of ['before', 'during'] as const) {
          expect(stepwise.seconds[phase].observed).toBeCloseTo(once.seconds[phase].observed, 9);
          expect(stepwise.seconds[phase].available).toBeCloseTo(once.seconds[phase].available, 9);
          expect(once.seconds[phase].available).toBeLessThanOrEqual(once.seconds[phase].observed + 1e-9);
        }
        const observed = once.seconds.before.observed + once.seconds.during.observed;
        expect(observed).toBeCloseTo((endMs - [...letters].filter((l) => l === 'v').length * 100) / 1000, 9);
        const down = outagesOf(all).length > 0;
        const available = once.seconds.before.available + once.seconds.during.available;
        expect(available < observed - 1e-9).toBe(down);
      }),
    );
  });
});
