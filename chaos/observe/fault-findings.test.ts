import { describe, expect, it } from 'vitest';
import { type Evidence, findingOf } from './fault-findings.ts';
import { FaultRecord, FaultRecords } from './fault-record.ts';
import type { Probe } from './probe-track.ts';

/** Seconds good or bad, one probe every 100 ms: `5g 3b 6g`. */
function track(text: string, layer = 'session'): Evidence['tracks'][number] {
  const probes: Probe[] = [];
  for (const [, seconds, letter] of text.matchAll(/([\d.]+)([gb])/g)) {
    for (let n = 0; n < Number(seconds) * 10; n++) {
      const startMs = probes.length * 100;
      probes.push({ startMs, endMs: startMs + 5, result: letter === 'g' ? 'good' : 'bad' });
    }
  }
  return { view: { layer, vantage: 'user' }, probes };
}

const entry = { name: '1-x', expect: { session: 'failed' }, healedBy: 'harness', deferredSkills: [] } as const;

function record(changes: Partial<Pick<FaultRecord, 'injectedMs' | 'healedMs'>> & { healedBy?: 'system' }) {
  const made = new FaultRecord({ ...entry, healedBy: changes.healedBy ?? 'harness' });
  made.injectedMs = changes.injectedMs;
  made.healedMs = changes.healedMs;
  return made;
}

function find(fault: FaultRecord, text: string, untilMs: number, roundTrips?: Evidence['roundTrips']) {
  const judged = (layer: string) => ({ layer, vantage: 'user' }) as const;
  return findingOf(fault, { tracks: [track(text)], roundTrips, judged, untilMs });
}

describe('what the probes say of a fault', () => {
  it('is nothing before it was injected', () => {
    expect(find(record({}), '5g', 5000)).toBeUndefined();
  });

  it('tells onset, recovery and what was good meanwhile', () => {
    const finding = find(record({ injectedMs: 4900, healedMs: 8000 }), '5g 3.2b 6.8g', 15_000);
    expect(finding?.views[0]).toMatchObject({
      onsetMs: 5000,
      recoveredMs: 8205,
      resolutionMs: 100,
      outages: 1,
      goodProbes: 0,
      unrecovered: false,
    });
    expect(finding?.recoveredMs).toBe(8205);
    expect(finding?.down).toEqual({ fromMs: 5000, toMs: 8000 });
  });

  it('does not call a short streak recovered, nor unrecovered', () => {
    const [view] = find(record({ injectedMs: 4900, healedMs: 8000 }), '5g 3b 4g', 12_000)?.views ?? [];
    expect(view).toMatchObject({ recoveredMs: undefined, unrecovered: false });
  });

  it('calls an outage that stands unrecovered', () => {
    const [view] = find(record({ injectedMs: 4900, healedMs: 8000 }), '5g 9b', 14_000)?.views ?? [];
    expect(view).toMatchObject({ recoveredMs: undefined, unrecovered: true });
  });

  it('calls a layer that never stays good unrecovered when its time is over', () => {
    const flapping = `5g 3b ${'2g 0.1b '.repeat(15)}`;
    const [view] = find(record({ injectedMs: 4900, healedMs: 8000 }), flapping, 39_450)?.views ?? [];
    expect(view).toMatchObject({ recoveredMs: undefined, unrecovered: true });
  });

  it('does not call unrecovered what has been good since the last moment of its time, though not for long', () => {
    const fault = record({ injectedMs: 4900, healedMs: 8000 });
    expect(find(fault, '5g 32.9b 2g', 39_900)?.views[0]).toMatchObject({ recoveredMs: undefined, unrecovered: false });
    expect(find(fault, '5g 32.9b 7g', 44_000)?.views[0]).toMatchObject({ recoveredMs: 37_905, unrecovered: false });
    expect(find(fault, '5g 33.2b 2g', 39_900)?.views[0]).toMatchObject({ recoveredMs: undefined, unrecovered: true });
  });

  it('counts a blow as an interruption if the user lost its connection before the next', () => {
    const fault = record({ injectedMs: 1000 });
    fault.blowsMs.push(1000, 2000, 3000);
    fault.disconnectsMs.push(1050, 1400, 3000);
    expect(fault.interruptions).toBe(2);
  });

  it('counts a good probe between onset and heal', () => {
    const [view] = find(record({ injectedMs: 4900, healedMs: 8000 }), '5g 1b 0.1g 1.9b 7g', 15_000)?.views ?? [];
    expect(view?.goodProbes).toBe(1);
  });

  it('starts recovery at injection, or when the last blow was dealt, where the system heals itself', () => {
    const fault = record({ injectedMs: 5000, healedBy: 'system' });
    expect(fault.recoveryStartMs).toBe(5000);
    fault.blowsMs.push(5100);
    expect(fault.recoveryStartMs).toBe(5100);
    fault.blowsMs.push(7000);
    expect(fault.recoveryStartMs).toBe(7000);
    const finding = find(fault, '5g 1b 1g 1b 7g', 15_000);
    expect(finding?.views[0]).toMatchObject({ onsetMs: 5000, recoveredMs: 8005, outages: 2 });
    expect(finding?.down).toEqual({ fromMs: 5000, toMs: 8005 });
  });
});

describe('end to end', () => {
  const trip = (acceptedAttemptMs: number, finishedMs: number) => ({
    trace: 't',
    run: 'r',
    requestedMs: 0,
    refusedAttemptMs: acceptedAttemptMs - 40,
    acceptedAttemptMs,
    finishedMs,
  });
  const heal = record({ injectedMs: 4900, healedMs: 8000 });

  it.each([
    ['accepted before heal', [trip(7000, 9000)], undefined],
    ['accepted after it', [trip(7000, 9000), trip(8100, 9500), trip(8050, 9600)], 9500],
    ['finished after the end', [trip(8100, 20_000)], undefined],
    ['none', [], undefined],
  ])('a run %s', (_, roundTrips, expected) => {
    const finding = find(heal, '5g 3b 7g', 15_000, roundTrips);
    expect(finding?.views.at(-1)).toMatchObject({ layer: 'end-to-end', recoveredMs: expected });
    expect(finding?.recoveredMs).toBe(expected);
  });

  it('is not proved by a run that slipped in between injection and onset', () => {
    const kill = record({ injectedMs: 5000, healedBy: 'system' });
    const trips = [trip(5010, 5200), trip(6500, 7000)];
    expect(find(kill, '5.3g 1b 7g', 13_000, trips)?.views.at(-1)).toMatchObject({
      recoveredMs: 7000,
      resolutionMs: 40,
    });
  });

  it('is not proved by a run that slipped in before the last of several blows was felt', () => {
    const kills = record({ injectedMs: 5000, healedBy: 'system' });
    kills.blowsMs.push(5000, 7000);
    const trips = [trip(7050, 8400), trip(8300, 8600)];
    expect(find(kills, '5.3g 0.5b 1.5g 1b 7g', 14_000, trips)?.views.at(-1)?.recoveredMs).toBe(8600);
  });

  it('is known no better than to the last attempt that failed, or to the start of recovery', () => {
    const { resolutionMs } = find(heal, '5g 3b 7g', 15_000, [trip(9000, 9500)])?.views.at(-1) ?? {};
    expect(resolutionMs).toBe(40);
    const first = { ...trip(9000, 9500), refusedAttemptMs: undefined };
    expect(find(heal, '5g 3b 7g', 15_000, [first])?.views.at(-1)?.resolutionMs).toBe(1000);
  });

  it('is unrecovered when its time is over', () => {
    expect(find(heal, '5g 3b 40g', 30_000, [])?.views.at(-1)?.unrecovered).toBe(false);
    expect(find(heal, '5g 3b 40g', 38_000, [])?.views.at(-1)?.unrecovered).toBe(true);
  });
});

it('watches a fault until the next one is injected', () => {
  const records = new FaultRecords([entry, { ...entry, name: '2-y' }]);
  const [first, second] = records.all;
  if (!first || !second) throw new Error('two were made');
  first.injectedMs = 1000;
  first.healedMs = 2000;
  expect(records.watchEndMs(first)).toBe(Number.POSITIVE_INFINITY);
  second.injectedMs = 9000;
  expect(records.watchEndMs(first)).toBe(9000);
  expect(records.watchEndMs(second, 20_000)).toBe(20_000);
  expect(records.injectedWithin(8990, 9010)).toBe(true);
  expect(records.injectedWithin(9000, 9010)).toBe(false);
  expect(() => records.get('3-z')).toThrow('3-z');
});
