import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { harnessName } from '../harness-process.ts';
import { killAllOf } from './exact-signal.ts';
import { LocalNode } from './local-node.ts';
import { markVariable } from './mark.ts';
import type { LocalRun } from './part.ts';
import { processesOf, processOf } from './process-table.ts';
import { makeRunFolder } from './run-folder.ts';

let run: LocalRun;
let pidFile: string;
let reasons: string[];

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'local-node-'));
  run = { run: `node-${process.pid}-${folder.slice(-6)}`, folder, harness: harnessName() };
  makeRunFolder(folder, run.run, run.harness);
  pidFile = join(folder, 'server.pid');
  reasons = [];
});
afterEach(async () => {
  await killAllOf(run);
  await rm(run.folder, { recursive: true });
});

/** Its supervisor is the supervised process too: it writes down its own pid. */
const selfish =
  'require("node:fs").writeFileSync(process.env.PID_FILE, String(process.pid)); setInterval(() => {}, 1e3)';

function nodeOf(argv: readonly string[] = ['node', '-e', selfish]): LocalNode {
  return new LocalNode({
    name: 'front',
    run,
    argv,
    cwd: run.folder,
    env: { PID_FILE: pidFile },
    pidFile,
    onUnstartable: (reason) => reasons.push(reason),
  });
}

const running = (node: LocalNode) =>
  vi.waitFor(
    async () => {
      const process = await node.process();
      if (process === undefined) throw new Error('no process');
      return process;
    },
    { timeout: 10_000 },
  );

async function sleeper(env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { env, stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

describe('the process that a pid file names', () => {
  it('is nobody, and gets no signal, when the pid has become that of another program, or of another node', async () => {
    const node = nodeOf();
    const mark = (part: string, id = run.run) => JSON.stringify({ run: id, part, harness: '', folder: run.folder });
    const strangers = [
      await sleeper(),
      await sleeper({ [markVariable]: mark('back') }),
      await sleeper({ [markVariable]: mark('front', 'another-run') }),
    ];
    try {
      for (const { pid } of strangers) {
        await writeFile(pidFile, `${pid}\n`);
        expect(await node.process()).toBeUndefined();
        await expect(node.signal('SIGKILL')).rejects.toMatchObject({ code: 'CHAOS_SIGNAL' });
        expect(processOf(pid ?? 0)).toBeDefined();
      }
    } finally {
      for (const stranger of strangers) stranger.kill('SIGKILL');
    }
  });

  it.each(['', 'none\n', '0\n', '-1\n', '999999999\n'])('is nobody when it says %j', async (text) => {
    await writeFile(pidFile, text);
    expect(await nodeOf().process()).toBeUndefined();
    await expect(nodeOf().signal('SIGKILL')).rejects.toMatchObject({ code: 'CHAOS_SIGNAL' });
  });

  it('is an error, not nobody, when the file cannot be read', async () => {
    await mkdir(pidFile);
    await expect(nodeOf().process()).rejects.toThrow('EISDIR');
  });
});

describe('a node', () => {
  it('comes back as another process when it ends, however it ends, and stays down when it is held', async () => {
    const node = nodeOf();
    expect(node.incarnation()).toBeUndefined();
    await node.raise();
    const first = await running(node);
    const name = node.incarnation();
    await node.signal('SIGTERM');
    const second = await vi.waitFor(async () => {
      const now = await running(node);
      expect(now.startTicks + now.pid).not.toBe(first.startTicks + first.pid);
      return now;
    });
    expect(node.incarnation()).not.toBe(name);
    expect(node.restarts).toBe(1);
    await node.hold();
    expect(node.incarnation()).toBeUndefined();
    expect(processOf(second.pid)).toBeUndefined();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(node.incarnation()).toBeUndefined();
    await node.raise();
    expect(node.incarnation()).toBeDefined();
    await node.abandon();
  });

  it('is not started twice, however often and at once it is asked to', async () => {
    const node = nodeOf();
    await Promise.all([node.raise(), node.raise(), node.crash(), node.raise(), node.restart(), node.raise()]);
    await running(node);
    const name = node.incarnation();
    await node.raise();
    expect(node.incarnation()).toBe(name);
    await node.abandon();
    expect(new Set((await killAllOf(run)).map(({ pid }) => pid)).size).toBe(1);
  });

  it.each(['hold', 'abandon'] as const)('that is being restarted and is told to %s does not come back', async (how) => {
    const slow = `process.on('SIGTERM', () => setTimeout(() => process.exit(), 500)); ${selfish}`;
    const node = nodeOf(['node', '-e', slow]);
    await node.raise();
    await running(node);
    const restarted = node.restart();
    await node[how]();
    await restarted;
    await killAllOf(run);
    // Longer than its restart policy waits after a first life.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(processesOf(run)).toEqual([]);
    await node.abandon();
  });

  it('is killed when it does not finish in time, and started again', async () => {
    const stubborn = `process.on('SIGTERM', () => require('node:fs').appendFileSync(process.env.PID_FILE + '.told', 'x')); ${selfish}`;
    const node = nodeOf(['node', '-e', stubborn]);
    await node.raise();
    const before = await running(node);
    await node.restart();
    expect(processOf(before.pid)).toBeUndefined();
    expect(await running(node)).not.toEqual(before);
    await node.abandon();
  });

  it('that could not be started says why; that could not be brought back is the harness failing', async () => {
    const missing = nodeOf([join(run.folder, 'program')]);
    await missing.raise();
    await vi.waitFor(() => expect(reasons[0]).toContain('ENOENT'));
    expect(missing.failure).toBeUndefined();
    await missing.abandon();

    const vanishing = join(run.folder, 'vanishing');
    await appendFile(vanishing, '#!/bin/sh\nrm "$0"\nexec sleep 60\n', { mode: 0o755 });
    const node = nodeOf([vanishing]);
    await node.raise();
    await vi.waitFor(() => expect(processOf(pidOf(node))).toBeDefined());
    await new Promise((resolve) => setTimeout(resolve, 300));
    await node.crash();
    await vi.waitFor(() => expect(node.failure?.message).toMatch(/^front could not be brought back: .*ENOENT/), {
      timeout: 10_000,
    });
    await node.abandon();
  });
});

function pidOf(node: LocalNode): number {
  return Number(/\d+/.exec(node.incarnation() ?? '')?.[0] ?? 0);
}
