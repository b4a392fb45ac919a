import { describe, expect, it } from 'vitest';
import { root } from '../commands/prepare.ts';
import { loadManifest } from '../input/load.ts';
import type { Manifest } from '../manifest.ts';
import { menuOf, type Offer } from './fault-menu.ts';
import { plannedEntry, roundScenario } from './load.ts';
import { type RoundEvidence, resultOf } from './round-result.ts';

const { loaded } = await loadManifest('resilient', root);
const manifest = loaded as Manifest;
const drawn = {
  offer: menuOf(manifest).find(({ name }) => name === 'kill-gateway') as Offer,
  gapMs: 0,
  forMs: 0,
};
const entry = plannedEntry(manifest, roundScenario(manifest, drawn), drawn);

const skill = { due: 10, executed: 10, inTime: 10, caughtUp: 0, doubled: 0 };
const outcomes = { success: 10, failed: 0, missed: 0 };
const view = (layer: string, recoveredMs: number | undefined) => ({
  layer,
  vantage: 'user' as const,
  onsetMs: 1_010,
  recoveryStartMs: 1_000,
  recoveredMs,
  resolutionMs: 25,
  outages: 1,
  goodProbes: 0,
  unrecovered: recoveredMs === undefined,
});
const finding = (gatewayMs: number | undefined) => ({
  fault: entry.name,
  views: [view('gateway', gatewayMs), view('end-to-end', 1_900)],
  down: undefined,
  recoveredMs: gatewayMs,
});
const held: RoundEvidence = {
  entry,
  conducted: { name: entry.name, injectedAt: 1_000, proof: { proved: true, evidence: 'gone' }, undone: true },
  steady: { reached: true, detail: '' },
  summary: {
    skills: { 'daily-memory': { ...skill, outcomes }, 'health-report': { ...skill, outcomes } },
    durable: {
      message: { checked: 30, lost: [], doubled: [] },
      'crowd-message': { checked: 12, lost: [], doubled: [] },
      run: { checked: 5, lost: [], doubled: [] },
    },
    disagreements: [],
    faults: [finding(1_310)],
    problems: [],
    gone: [],
  },
  starvations: [],
};
const withSummary = (summary: Partial<RoundEvidence['summary']>): RoundEvidence => ({
  ...held,
  summary: { ...held.summary, ...summary },
});
const withSkill = (one: Partial<typeof skill>, its: Partial<typeof outcomes> = {}) =>
  withSummary({ skills: { 'daily-memory': { ...skill, ...one, outcomes: { ...outcomes, ...its } } } });

describe('a round', () => {
  it('holds if all recovered, no slot was missed and nothing was lost', () => {
    expect(resultOf(held)).toEqual({
      fault: 'kill-gateway',
      outcome: 'held',
      reasons: [],
      recoveries: [
        { layer: 'gateway', seconds: 0.31 },
        { layer: 'end to end', seconds: 0.9 },
      ],
      slots: { due: 20, missed: 0, late: 0 },
      messages: 42,
      lost: 0,
      doubled: 0,
    });
  });

  it.each([
    ['a slot missed', withSkill({ executed: 9, inTime: 9 }), 'daily-memory: 1 of 10 slots missed'],
    ['a slot late', withSkill({ inTime: 8 }), 'daily-memory: 2 of 10 slots late'],
    ['a slot run twice', withSkill({ doubled: 1 }), 'daily-memory: 1 slots run twice'],
    ['a slot failed', withSkill({}, { failed: 3, success: 7 }), 'daily-memory: 3 of 10 slots failed'],
    [
      'a message lost',
      withSummary({ durable: { message: { checked: 30, lost: ['m'], doubled: [] } } }),
      '1 of 30 messages lost',
    ],
    [
      'a message that came twice',
      withSummary({ durable: { message: { checked: 30, lost: [], doubled: ['m'] } } }),
      '1 of 30 messages came twice',
    ],
    [
      'witnesses that disagree',
      withSummary({ disagreements: [{ between: 'counter', skill: 'daily-memory', detail: '' }] }),
      'daily-memory: counter',
    ],
    ['a layer that does not come back', withSummary({ faults: [finding(undefined)] }), 'gateway did not recover'],
    ['one that comes back late', withSummary({ faults: [finding(32_000)] }), 'gateway took too long to recover'],
    ['one that is down at the end', withSummary({ gone: ['gateway'] }), 'gateway was down at the end'],
  ])('is broken by %s', (_, evidence, reason) => {
    expect(resultOf(evidence)).toMatchObject({ outcome: 'broken', reasons: [reason] });
  });

  it.each([
    [
      'the fault was not proved',
      { conducted: { name: entry.name, proof: { proved: false, evidence: 'still up' }, undone: true } },
    ],
    ['it was not well before the fault', { steady: { reached: false, detail: 'gateway bad' } }],
  ])('says nothing if %s', (reason, change) => {
    const result = resultOf({ ...held, ...change });
    expect(result).toMatchObject({ outcome: 'inconclusive' });
    expect(result.reasons[0]).toContain(reason);
  });

  it('says nothing if something could not be observed, even if something looks broken', () => {
    const problems = ['the history could not be read'];
    expect(resultOf(withSummary({ problems, gone: ['gateway'] })).outcome).toBe('inconclusive');
  });

  it('takes a machine that was starved for an excuse of what is broken, and of nothing else', () => {
    const starvations = [{ from: 0, to: 6_000, share: 0.95 }];
    expect(resultOf({ ...held, starvations }).outcome).toBe('held');
    const result = resultOf({ ...withSkill({ executed: 9, inTime: 9 }), starvations });
    expect(result.outcome).toBe('inconclusive');
    expect(result.reasons).toContain('daily-memory: 1 of 10 slots missed');
  });

  it('holds without a fault too', () => {
    const { entry: _, conducted: __, ...rest } = withSummary({ faults: [] });
    const result = resultOf({ ...rest, entry: undefined, conducted: undefined });
    expect(result).toMatchObject({ fault: undefined, outcome: 'held', recoveries: [] });
  });
});
