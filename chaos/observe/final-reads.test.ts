import { describe, expect, it } from 'vitest';
import type { Ledger } from '../drivers/ledger.ts';
import { readSkills } from './final-reads.ts';
import type { SkillWatch } from './skill-watch.ts';
import type { Effect } from './slots.ts';

const skill = 'tidy';
const endMs = 1_760_000_010_000;
const effect = (slot: number): Effect => ({
  run: `${skill}@${slot}`,
  slot,
  attempt: 1,
  startedAt: slot + 10,
  finishedAt: slot + 20,
});
const before = effect(endMs - 1_000);
const late = effect(endMs + 1_000);

/** Skills go on: one more effect is written right after the file was read for the last time, and the watch goes on seeing. */
function going(final: readonly Effect[]): SkillWatch {
  const seen = [before];
  return {
    skills: [[skill, {}]],
    effects: () => seen,
    fates: () => [],
    readFinal: async () => {
      seen.push(late);
      return { effects: final, malformed: 0 };
    },
  } as unknown as SkillWatch;
}

const row = { id: before.run, skill, dueAt: before.slot, state: 'finished', outcome: 'succeeded', sequence: 1 };
const ledger = {
  followed: new Map(),
  read: async () => new Map([[before.run, row]]),
  missed: async () => [],
  succeededCounters: async () => new Map([[skill, 1]]),
} as unknown as Ledger;

const asked = (watch: SkillWatch) => ({ watch, ledger, metricsPath: '/metrics', endMs, forgottenMs: undefined });

describe('the last reading', () => {
  it('does not miss what was written after it', async () => {
    const { disagreements } = await readSkills(asked(going([before])));
    expect(disagreements).toEqual([]);
  });

  it('misses what was there before, and is gone', async () => {
    const { disagreements } = await readSkills(asked(going([])));
    expect(disagreements.map(({ between, detail }) => [between, detail])).toContainEqual([
      'effects-changed',
      `${before.run} was there and is gone`,
    ]);
  });
});
