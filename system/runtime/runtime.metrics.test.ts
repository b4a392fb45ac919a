import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Home, RuntimeProcess } from './runtime-process.fixture.ts';

const patience = { timeout: 20_000, interval: 100 };

it('counts on after a restart, and shows a skill no more once its folder is gone', { timeout: 60_000 }, async () => {
  using home = new Home();
  home.skill('beat', 'true', { schedule: 'every: 300ms' });
  home.skill('asked', 'true', { schedule: undefined });
  const succeeded = async (of: RuntimeProcess) =>
    Number((await of.metrics()).match(/runs_total\{skill="beat",outcome="succeeded"\} (\d+)/)?.[1]);
  const first = await RuntimeProcess.start(home);
  await expect.poll(() => succeeded(first), patience).toBeGreaterThan(0);
  const known = await succeeded(first);
  const metrics = await first.metrics();
  expect(metrics).toMatch(/openclaw_skill_fresh_within_seconds\{skill="beat"\} \d/);
  expect(metrics).not.toContain('openclaw_skill_fresh_within_seconds{skill="asked"}');
  expect(metrics).toContain('openclaw_skill_runs_total{skill="asked",outcome="failed"} 0');
  await first.stop();
  await using second = await RuntimeProcess.start(home);
  await expect.poll(() => succeeded(second), patience).toBeGreaterThanOrEqual(known);
  await expect.poll(() => second.metrics(), patience).toMatch(/last_start_lateness_seconds\{skill="beat"\} \d/);
  expect(await second.metrics()).toMatch(/run_seconds_total\{skill="beat"\} \d/);
  rmSync(join(home.path, 'skills', 'beat'), { recursive: true });
  await expect
    .poll(async () => {
      // Its last run may end after it is gone: it goes for good at the next change of the folder.
      home.skill('asked', `true # ${Math.random()}`, { schedule: undefined });
      return second.metrics();
    }, patience)
    .not.toContain('skill="beat"');
  expect(await second.metrics()).toContain('skill="asked"');
});
