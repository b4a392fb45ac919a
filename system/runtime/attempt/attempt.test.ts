import { spawn } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Home } from '../runtime-process.fixture.ts';
import { type Attempt, startAttempt } from './attempt.ts';
import { AttemptFolder, folderName } from './attempt-folder.ts';
import { currentBootId, isAlive, processesMarked } from './process-identity.ts';

const forever = new AbortController().signal;

describe('an attempt', () => {
  let home: Home;
  let folder: AttemptFolder;

  beforeEach(() => {
    home = new Home();
    folder = new AttemptFolder(home.path, 'beat@1000', 1);
  });
  afterEach(() => {
    for (const pid of processesMarked([`OPENCLAW_HOME=${home.path}`])) process.kill(pid, 'SIGKILL');
    home[Symbol.dispose]();
  });

  const attempt = (command: string, more: Partial<Attempt> = {}): Attempt => ({
    folder,
    command: ['/bin/sh', '-c', command],
    cwd: home.path,
    env: { PATH: process.env.PATH ?? '', OPENCLAW_HOME: home.path },
    marks: [`OPENCLAW_HOME=${home.path}`],
    timeoutMs: 20_000,
    bootId: currentBootId(),
    ...more,
  });
  const output = () => readFileSync(join(folder.path, 'output'), 'utf8');

  it('tells the exit code and keeps what was printed', async () => {
    const end = await startAttempt(attempt('echo out; echo err >&2; exit 3')).end(forever);
    expect(end).toMatchObject({ kind: 'exited', code: 3, at: expect.any(Number) });
    expect(output()).toBe('out\nerr\n');
    expect(folder.lastWords()).toBe('err');
  });

  it('keeps no more output than it must, and lets the command go on', async () => {
    const end = await startAttempt(attempt('head -c 300000 /dev/zero; exit 4')).end(forever);
    expect(end).toMatchObject({ kind: 'exited', code: 4 });
    expect(statSync(join(folder.path, 'output')).size).toBe(65_536);
  });

  it('runs once, however often and whenever it is started', async () => {
    const same = attempt('echo ran >> ran; sleep 0.3');
    const ends = await Promise.all([1, 2, 3, 4].map(() => startAttempt(same).end(forever)));
    ends.push(await startAttempt(same).end(forever));
    expect(ends.map(({ kind }) => kind)).toEqual(Array(5).fill('exited'));
    expect(home.lines('ran')).toEqual(['ran']);
  });

  it('goes on when it is let go, and is taken up again', async () => {
    const letGo = new AbortController();
    const first = startAttempt(attempt('sleep 0.5; echo ran >> ran; exit 7'));
    const ended = first.end(letGo.signal);
    await expect.poll(() => folder.process()).toBeDefined();
    letGo.abort();
    await expect(ended).rejects.toThrow();
    expect(await startAttempt(attempt('exit 1')).end(forever)).toMatchObject({ kind: 'exited', code: 7 });
    expect(home.lines('ran')).toEqual(['ran']);
  });

  it('is interrupted when its processes are gone without an outcome', async () => {
    const running = startAttempt(attempt('sleep 30'));
    const ended = running.end(forever);
    await expect.poll(() => processesMarked([`OPENCLAW_HOME=${home.path}`]).length).toBeGreaterThanOrEqual(3);
    for (const pid of processesMarked([`OPENCLAW_HOME=${home.path}`])) process.kill(pid, 'SIGKILL');
    expect(await ended).toEqual({ kind: 'interrupted' });
  });

  it('is not interrupted before what is left of it is dead', async () => {
    const running = startAttempt(attempt('(trap "" TERM; exec sleep 30) & sleep 30'));
    const ended = running.end(forever);
    await expect.poll(() => processesMarked([`OPENCLAW_HOME=${home.path}`]).length).toBeGreaterThanOrEqual(4);
    process.kill(folder.process()?.pid ?? 0, 'SIGKILL');
    expect(await ended).toEqual({ kind: 'interrupted' });
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`])).toEqual([]);
  });

  it('is told to end at its timeout, and may clean up', async () => {
    const command = 'trap "echo cleaned; exit 5" TERM; while :; do sleep 0.05; done';
    expect(await startAttempt(attempt(command, { timeoutMs: 300 })).end(forever)).toMatchObject({ kind: 'timed-out' });
    expect(output()).toContain('cleaned');
  });

  it('is killed when it does not end at its timeout', { timeout: 30_000 }, async () => {
    const end = await startAttempt(attempt('trap "" TERM; while :; do sleep 0.05; done', { timeoutMs: 100 })).end(
      forever,
    );
    expect(end).toMatchObject({ kind: 'timed-out' });
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`])).toEqual([]);
    // A later runtime does not take it for a crash.
    expect(await startAttempt(attempt('exit 0')).end(forever)).toMatchObject({ kind: 'timed-out' });
  });

  it('leaves nothing running in its group', async () => {
    expect(await startAttempt(attempt('sleep 30 & exit 0')).end(forever)).toMatchObject({ kind: 'exited', code: 0 });
    await expect.poll(() => processesMarked([`OPENCLAW_HOME=${home.path}`])).toEqual([]);
  });

  it('says why it could not be started', async () => {
    const end = await startAttempt(attempt('true', { cwd: join(home.path, 'gone') })).end(forever);
    expect(end).toMatchObject({ kind: 'unstartable', reason: expect.stringContaining('ENOENT') });
  });

  it('takes an unreadable process file for no start at all', () => {
    folder.create();
    writeFileSync(join(folder.path, 'process'), '');
    expect(folder.process()).toBeUndefined();
  });
});

describe('the identity of a process', () => {
  it('is not that of another process with the same pid, nor of another boot', async () => {
    using home = new Home();
    const child = spawn('sleep', ['30']);
    const folder = new AttemptFolder(home.path, 'x', 1);
    folder.create();
    const bootId = currentBootId();
    writeFileSync(join(folder.path, 'process'), `${readFileSync(`/proc/${child.pid}/stat`, 'utf8')}${bootId}\n`);
    const identity = folder.process();
    if (identity === undefined) throw new Error('no identity');
    expect(isAlive(identity, bootId)).toBe(true);
    expect(isAlive({ ...identity, startTicks: '1' }, bootId)).toBe(false);
    expect(isAlive(identity, 'another boot')).toBe(false);
    child.kill('SIGKILL');
    await expect.poll(() => isAlive(identity, bootId)).toBe(false);
  });

  it('makes a folder name of any run id', () => {
    expect(folderName('daily-memory@1700000000000')).toBe('daily-memory@1700000000000');
    for (const id of ['../../etc', '.', '', 'a/b', 'x'.repeat(300)]) expect(folderName(id)).toMatch(/^[0-9a-f]{64}$/);
  });
});
