import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { createLogger } from '../../layer/logger.ts';
import { processesMarked } from '../attempt/process-marks.ts';
import { Home } from '../runtime-process.fixture.ts';
import { endOrphans } from './orphans.ts';

it('ends what runs left behind, and nothing of a run that is under way', async () => {
  using home = new Home();
  const start = (run: string, attempt: string, OPENCLAW_HOME = home.path) => {
    const env = { PATH: process.env.PATH, OPENCLAW_HOME, OPENCLAW_RUN: run, OPENCLAW_ATTEMPT: attempt };
    return spawn('sleep', ['30'], { env, detached: true, stdio: 'ignore' });
  };
  const left = [start('over', '1'), start('current', '1')];
  const others = [start('current', '2'), start('current', 'capture'), start('over', '1', `${home.path}/other`)];
  try {
    const marked = () => processesMarked([`OPENCLAW_HOME=${home.path}`]);
    await expect.poll(() => marked().length).toBe(4);
    endOrphans(home.path, [{ id: 'current', attempt: 2 }], createLogger('test', 'silent'));
    await expect.poll(() => left.map(({ signalCode }) => signalCode)).toEqual(['SIGKILL', 'SIGKILL']);
    expect(others.map(({ signalCode }) => signalCode)).toEqual([null, null, null]);
    expect(marked().toSorted()).toEqual(
      others
        .slice(0, 2)
        .map(({ pid }) => pid)
        .toSorted(),
    );
  } finally {
    for (const child of [...left, ...others]) child.kill('SIGKILL');
  }
});
