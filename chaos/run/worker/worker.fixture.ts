/** A worker whose platform does what the scenario's name says, without a system: for tests of what the gate makes of it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ChaosError, InvalidInput } from '../../errors.ts';
import type { Platform, StartRequest } from '../../platform/platform.ts';
import { serveRun } from './serve.ts';

const deeds: Record<string, (request: StartRequest) => Promise<void>> = {
  fails: async () => {
    throw new ChaosError('CHAOS_START', 'no network', { mend: 'plug it in' });
  },
  'lacks-an-image': async () => {
    throw new InvalidInput('CHAOS_IMAGE', 'no image', { mend: 'pull it' });
  },
  /** Until it is told to stop; then it takes its time to undo what it did. */
  waits: async ({ runDir, onProgress, signal }) => {
    onProgress(`waiting in ${process.pid}`);
    const idle = setInterval(() => {}, 1_000);
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    await delay(300);
    clearInterval(idle);
    writeFileSync(join(runDir, 'undone'), '');
    throw new Error('stopped');
  },
  dies: async () => {
    process.stderr.write('something is wrong with my stomach\n');
    await delay(100);
    process.kill(process.pid, 'SIGKILL');
    await delay(10_000);
  },
  crashes: async ({ signal }) => {
    setTimeout(() => {
      throw new Error('boom');
    });
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    throw new Error('stopped');
  },
};

await serveRun(({ plan }) => ({
  name: 'docker',
  check: async () => ({ available: true, detail: '' }),
  start: async (request): Promise<Platform> => {
    await deeds[plan.scenarioName]?.(request);
    throw new Error(`no such deed: ${plan.scenarioName}`);
  },
  recover: async () => [],
}));
