import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { harnessName } from '../harness-process.ts';
import { LocalNode } from './local-node.ts';
import { markVariable } from './mark.ts';
import { processOf } from './process-table.ts';
import { recoverLocal } from './recover.ts';
import { findRemains } from './remains.ts';
import { makeRunFolder, readRunFile, recordProcess } from './run-folder.ts';

/** So that nothing here touches what anybody else has left, or is running, on this machine. */
vi.mock(import('./remains.ts'), async (original) => {
  const { findRemains } = await original();
  return { findRemains: (named) => findRemains(named).filter(({ run }) => run.startsWith(`recover-${process.pid}-`)) };
});

const runs = join(import.meta.dirname, '..', '..', '..', '.chaos', 'runs');
/** A process of this machine that is surely gone. */
const goneHarness = harnessName(process.pid).replace(/\d+$/, '1');
let folder: string;
let run: string;

beforeEach(async () => {
  folder = await mkdtemp(join(runs, 'recover-'));
  run = `recover-${process.pid}-${folder.slice(-6)}`;
});
afterEach(() => rm(folder, { recursive: true }));

async function sleeper(env: Record<string, string>) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' });
  await once(child, 'spawn');
  const identity = processOf(child.pid ?? 0);
  if (identity === undefined) throw new Error('no process');
  return { ...identity, [Symbol.dispose]: () => void child.kill('SIGKILL') };
}

describe('recoverLocal', () => {
  it("finds a run by its file alone: what was written down, and what has a home of the run's", async () => {
    makeRunFolder(folder, run, goneHarness);
    using server = await sleeper({});
    using skill = await sleeper({ HOME: join(folder, 'homes', 'runtime') });
    recordProcess(folder, '@prometheus', server);
    process.kill(skill.pid, 'SIGSTOP');
    const said = await recoverLocal();
    expect([...said].sort()).toEqual(
      [
        `${run}: removed process ${server.pid} of prometheus`,
        `${run}: removed process ${skill.pid} of runtime, which was stopped`,
      ].sort(),
    );
    for (const { pid } of [server, skill]) expect(processOf(pid)).toBeUndefined();
    expect(await recoverLocal(run)).toEqual([]);
  });

  it('never signals a process that has got a pid which was written down', async () => {
    makeRunFolder(folder, run, goneHarness);
    using stranger = await sleeper({});
    recordProcess(folder, 'front', { ...stranger, startTicks: stranger.startTicks - 1 });
    expect(await recoverLocal(run)).toEqual([`${run}: removed the note of a run of which nothing was left`]);
    expect(processOf(stranger.pid)).toBeDefined();
  });

  it('leaves a run alone whose harness lives, unless it is named', async () => {
    makeRunFolder(folder, run, harnessName());
    using server = await sleeper({});
    recordProcess(folder, '@toxiproxy', server);
    expect(await recoverLocal()).toEqual([
      expect.stringContaining(`left alone, process ${process.pid} is still at it`),
    ]);
    expect(processOf(server.pid)).toBeDefined();
    expect(await recoverLocal(run)).toEqual([`${run}: removed process ${server.pid} of toxiproxy`]);
  });

  it('does not stumble over a file that was cut short, nor over one that is none', async () => {
    makeRunFolder(folder, run, goneHarness);
    const file = join(folder, 'processes.ndjson');
    await writeFile(file, `{"part":"front","pid":12`, { flag: 'a' });
    expect(readRunFile(folder)).toEqual({ v: 1, run, harness: goneHarness, processes: [] });
    await writeFile(file, 'no json\n');
    expect(readRunFile(folder)).toBeUndefined();
    await rm(file);
    await mkdir(file);
    expect(await recoverLocal(run)).toEqual([]);
  });

  it('finds runs that were not named, those of other checkouts by their marks, and says whose harness lives', async () => {
    makeRunFolder(folder, run, goneHarness);
    const mark = { run: `${run}-elsewhere`, part: 'front', harness: harnessName(), folder: '/another/checkout/runs/a' };
    using there = await sleeper({ [markVariable]: JSON.stringify(mark) });
    const found = findRemains().filter((it) => it.run.startsWith(run));
    expect(found).toEqual([
      expect.objectContaining({
        run: mark.run,
        folder: mark.folder,
        processes: [expect.objectContaining({ pid: there.pid })],
      }),
      expect.objectContaining({ run, folder, processes: [] }),
    ]);
    expect(await recoverLocal(mark.run, false)).toEqual([expect.stringContaining('left alone')]);
    expect(processOf(there.pid)).toBeDefined();
  });

  it('ends a run for good whose harness lives, if it was named', async () => {
    makeRunFolder(folder, run, harnessName());
    const local = { run, folder, harness: harnessName() };
    const node = new LocalNode({
      name: 'front',
      run: local,
      argv: ['node', '-e', 'setInterval(() => {}, 1000)'],
      cwd: folder,
      env: {},
      pidFile: join(folder, 'none.pid'),
      onUnstartable: () => {},
    });
    await node.raise();
    expect(await recoverLocal(run)).toEqual([expect.stringMatching(/removed process \d+ of front$/)]);
    await vi.waitFor(() => expect(node.failure?.message).toMatch(/could not be brought back: the run .* was ended/), {
      timeout: 10_000,
    });
    expect(findRemains(run)).toEqual([]);
    await expect(node.raise()).rejects.toMatchObject({ code: 'CHAOS_RUN_ENDED' });
    await node.abandon();
  });

  it('says of a run what was done even if not all could be done', async () => {
    makeRunFolder(folder, run, goneHarness);
    using server = await sleeper({});
    recordProcess(folder, '@toxiproxy', server);
    await writeFile(join(folder, 'undo.ndjson'), '{"v":99}\n');
    await expect(recoverLocal(run)).rejects.toMatchObject({
      code: 'CHAOS_NOT_REMOVED',
      message: expect.stringMatching(/removed process \d+ of toxiproxy\n.*not ended: .*undo\.ndjson: line 1/),
      mend: expect.stringContaining('version'),
    });
  });
});
