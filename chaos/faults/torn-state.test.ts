import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { faultContext } from '../platform/fixture/requests.ts';
import type { Platform } from '../platform/platform.ts';
import { tornState } from './torn-state.ts';

const spec = { kind: 'torn-state', nodes: ['back'], how: 'empty' } as const;
const notes = 'state/notes';
let home: string;
let done: string[];
beforeEach(async () => {
  done = [];
  home = await mkdtemp(join(tmpdir(), 'torn-state-'));
  await mkdir(join(home, 'state'));
  await writeFile(join(home, notes), 'a note');
});
afterEach(() => rm(home, { recursive: true }));

/** Its process has a successor as soon as its supervisor is let go; what it does to a real one the contract suite of platforms shows. */
function prepared(kill: () => void = () => {}) {
  let ticks: number | undefined = 1;
  const parts: Partial<Platform> = {
    home: () => home,
    process: async () => (ticks === undefined ? undefined : { pid: 1, startTicks: ticks, state: 'S' }),
    incarnation: async () => 'one',
    async signal(_, signal) {
      done.push(signal);
      kill();
      ticks = undefined;
    },
    async signalSupervisor(_, signal) {
      done.push(
        `supervisor ${signal}, then ${(await readFile(join(home, notes), 'utf8').catch(() => 'none')) || 'empty'}`,
      );
      if (signal === 'SIGCONT') ticks = 2;
    },
  };
  const told = { striking: () => done.push('striking'), onBlow: () => done.push('blow') };
  return tornState.prepare(spec, faultContext(parts as Platform, told));
}

describe('torn state', () => {
  it('is torn after the process has died, and before the supervisor may start another one', async () => {
    const fault = prepared();
    await fault.baseline();
    await fault.inject();
    expect(done).toEqual([
      'supervisor SIGSTOP, then a note',
      'striking',
      'SIGKILL',
      'blow',
      'supervisor SIGCONT, then empty',
    ]);
    expect(await fault.prove()).toEqual({
      proved: true,
      evidence: expect.stringContaining('state/notes: empty, 6 bytes before, 0 now'),
    });
  });

  it('leaves the supervisor running, whatever went wrong', async () => {
    const fault = prepared(() => {
      throw new Error('no such process');
    });
    await fault.baseline();
    await expect(fault.inject()).rejects.toThrow('no such process');
    expect(done.at(-1)).toBe('supervisor SIGCONT, then a note');
    expect(fault.undo).toEqual([{ do: 'continue-supervisor', node: 'back' }]);
  });

  it('is not proved where there is nothing to tear', async () => {
    await rm(join(home, notes));
    const fault = prepared();
    await fault.baseline();
    await fault.inject();
    expect(await fault.prove()).toMatchObject({ proved: false });
    expect(done).not.toContain('blow');
  });
});
