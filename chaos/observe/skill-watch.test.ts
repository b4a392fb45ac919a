import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Scenario } from '../scenario.ts';
import { nowMs } from './clock.ts';
import { PhaseClock } from './phases.ts';
import { SkillWatch } from './skill-watch.ts';
import type { SlotFate } from './slots.ts';
import { fakeManifest } from './testing/fake-system.ts';

let home: string;
let watch: SkillWatch;
let phases: PhaseClock;
let settled: SlotFate[];
let problems: string[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'skills-'));
  mkdirSync(join(home, 'effects'));
  phases = new PhaseClock();
  settled = [];
  problems = [];
  watch = new SkillWatch({
    manifest: fakeManifest,
    platform: { home: () => home },
    scenario: {
      skills: { local: { everySeconds: 1, latenessMs: 500 } },
      user: { runSkill: 'poster' },
    } as unknown as Scenario,
    windows: () => phases.windows,
    catchUp: () => undefined,
    onSettled: (fate) => settled.push(fate),
    onProblem: (detail) => problems.push(detail),
  });
});

afterEach(async () => {
  await watch[Symbol.asyncDispose]();
  rmSync(home, { recursive: true });
});

function write(skill: string, slot: number | null, startedAt: number): void {
  const effect = { run: `${skill}@${slot}`, slot, attempt: 1, startedAt, finishedAt: startedAt + 1 };
  appendFileSync(join(home, 'effects', `${skill}.ndjson`), `${JSON.stringify(effect)}\n`);
}

it('has read whatever was written before it was asked to', async () => {
  for (let n = 1; n <= 20; n++) {
    write('local', n * 1000, n * 1000);
    await watch.refresh();
    expect(watch.effects('local')).toHaveLength(n);
  }
  write('poster', null, 5);
  await watch.refresh();
  expect(watch.allEffects).toHaveLength(21);
});

it('tells each slot once, when it is executed or can no longer be', async () => {
  // The first look, which is taken at once, must not fall between the lines below.
  await watch.refresh();
  const due = Math.floor(nowMs() / 1000) * 1000;
  phases.enter('before', due - 10_000);
  for (let slot = due - 10_000; slot <= due - 7000; slot += 1000) write('local', slot, slot + 100);
  await watch.refresh();
  await watch.refresh();
  const missed = settled.filter(({ executed }) => !executed).map(({ dueMs }) => dueMs);
  expect(settled.filter(({ inTime }) => inTime)).toHaveLength(4);
  expect(missed.slice(0, 2)).toEqual([due - 6000, due - 5000]);
  expect(new Set(settled.map(({ dueMs }) => dueMs)).size).toBe(settled.length);
  // The latest ones may still come.
  expect(watch.unsettled(due + 1, due + 100)).toBeGreaterThanOrEqual(3);
});

it('is good from the first slot in time on, until one is late', { timeout: 20_000 }, async () => {
  expect(watch.goodForMs(nowMs())).toBe(0);
  const slot = Math.ceil(nowMs() / 1000) * 1000;
  write('local', slot, slot + 10);
  await watch.refresh();
  await vi.waitFor(() => expect(watch.goodForMs(nowMs())).toBeGreaterThan(200), { timeout: 5000 });
  write('local', slot + 1000, slot + 1900);
  await watch.refresh();
  expect(watch.goodForMs(slot + 2500)).toBe(0);
});

it('says so if the effects cannot be read', async () => {
  mkdirSync(join(home, 'effects', 'local.ndjson'));
  await watch.refresh();
  expect(problems.join()).toContain('effects of local');
});
