import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Haste } from './haste.ts';
import { LagMonitor } from './lag-monitor.ts';
import { type Probe, ProbeTrack } from './probe-track.ts';

it('hands probes on in the order of their start, in whatever order they finish', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }), (order) => {
      const seen: Probe[] = [];
      const track = new ProbeTrack(
        () => false,
        (probe) => seen.push(probe),
      );
      const flights = order.map((_, index) => track.begin(index));
      for (const [at, index] of order.entries()) {
        const flight = flights[index];
        if (flight) track.settle(flight, 100 + at, { good: index % 2 === 0 });
        expect(track.settledUntil(seen.length)).toBe(true);
      }
      expect(seen.map(({ startMs }) => startMs)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(track.inFlight).toBe(0);
    }),
  );
});

it('holds back what finished before an earlier one', () => {
  const track = new ProbeTrack(() => false);
  const first = track.begin(0);
  const second = track.begin(100);
  track.settle(second, 110, { good: true });
  expect(track.probes).toEqual([]);
  track.settle(first, 1000, { good: false, timedOut: true, detail: 'late' });
  expect(track.probes.map(({ result }) => result)).toEqual(['bad', 'good']);
});

it('voids what proves nothing', () => {
  const track = new ProbeTrack((startMs) => startMs === 0);
  track.settle(track.begin(0), 10, { good: false });
  track.settle(track.begin(100), 110, { good: false });
  expect(track.probes.map(({ result }) => result)).toEqual(['void', 'bad']);
});

it('knows a lag by the time that passed, and tells of it to whoever asks first', () => {
  let now = 1000;
  const lags: object[] = [];
  using monitor = new LagMonitor(
    (lag) => lags.push(lag),
    () => now,
  );
  now += 299;
  expect(monitor.lagged({ fromMs: 1000, toMs: now })).toBe(false);
  now += 400;
  expect(monitor.lagged({ fromMs: 1500, toMs: now })).toBe(true);
  expect(monitor.lagged({ fromMs: 1000, toMs: 1200 })).toBe(false);
  expect(lags).toEqual([{ fromMs: 1299, toMs: 1699 }]);
});

it('looks often from injection until onset, and from heal until recovery', () => {
  const haste = new Haste();
  const probe = (result: Probe['result'], startMs: number) => haste.saw({ startMs, endMs: startMs, result });
  expect(haste.intervalMs(0)).toBe(100);
  probe('good', 0);
  haste.begin('onset', true, 1000);
  expect(haste.intervalMs(5000)).toBe(25);
  probe('bad', 5000);
  expect(haste.intervalMs(5400)).toBe(25);
  expect(haste.intervalMs(5600)).toBe(100);
  haste.begin('recovery', true, 10_000);
  expect(haste.intervalMs(12_000)).toBe(25);
  probe('good', 12_000);
  expect(haste.intervalMs(12_900)).toBe(25);
  expect(haste.intervalMs(13_100)).toBe(100);
  haste.begin('recovery', true, 20_000);
  probe('bad', 20_000);
  expect(haste.intervalMs(26_100)).toBe(100);
});

it('looks at untouched layers often for a shorter while', () => {
  const haste = new Haste();
  haste.begin('onset', false, 0);
  expect(haste.intervalMs(1900)).toBe(25);
  expect(haste.intervalMs(2100)).toBe(100);
});
