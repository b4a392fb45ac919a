import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Home } from '../runtime-process.fixture.ts';
import { type Attempt, startAttempt } from './attempt.ts';
import { AttemptFolder } from './attempt-folder.ts';
import { folderName } from './folder-name.ts';
import { currentBootId, isAlive } from './process-identity.ts';
import { kill, processesMarked, wrapper } from './process-marks.ts';

const forever = new AbortController().signal;
const limits = { timeoutMs: 20_000, graceMs: 5000 };

describe('an attempt', () => {
  let home: Home;
  let folder: AttemptFolder;

  beforeEach(() => {
    home = new Home();
    folder = new AttemptFolder([home.path], 'beat@1000', 1);
  });
  afterEach(() => {
    home[Symbol.dispose]();
  });

  const attempt = (command: string, more: Partial<Attempt> = {}): Attempt => ({
    folder,
    command: ['/bin/sh', '-c', command],
    cwd: home.path,
    env: { PATH: process.env.PATH ?? '', OPENCLAW_HOME: home.path, OPENCLAW_ATTEMPT: '1' },
    marks: [`OPENCLAW_HOME=${home.path}`, 'OPENCLAW_ATTEMPT=1'],
    limits,
    bootId: currentBootId(),
    ...more,
  });
  const output = () => readFileSync(join(folder.path, 'output'), 'utf8');

  it('tells the exit code and keeps what was printed', async () => {
    const end = await startAttempt(attempt('echo out; echo err >&2; exit 3')).end(forever);
    expect(end).toMatchObject({ kind: 'exited', code: 3, signal: null, at: expect.any(Number) });
    expect(output()).toBe('out\nerr\n');
    expect(folder.output()).toBe('out\nerr');
  });

  it('keeps no more output than it must, and lets the command go on', async () => {
    const end = await startAttempt(attempt('echo first; head -c 300000 /dev/zero; echo last; exit 4')).end(forever);
    expect(end).toMatchObject({ kind: 'exited', code: 4 });
    expect(statSync(join(folder.path, 'output')).size).toBe(16_384);
    expect(statSync(join(folder.path, 'output.tail')).size).toBe(49_152);
    expect(output().slice(0, 6)).toBe('first\n');
    expect(folder.output()).toBe('last');
  });

  it('runs once, however often and whenever it is started', async () => {
    const same = attempt('echo ran >> ran; sleep 0.3');
    const ends = await Promise.all([1, 2, 3, 4].map(() => startAttempt(same).end(forever)));
    ends.push(await startAttempt(same).end(forever));
    expect(ends.map(({ kind }) => kind)).toEqual(Array(5).fill('exited'));
    expect(home.lines('ran')).toEqual(['ran']);
  });

  it('is taken by one of the shells that several runtimes start for it', async () => {
    folder.create(limits);
    const args = [wrapper, folder.path, folder.spare, '100', '100', 'boot', '/bin/sh', '-c', 'echo ran >> ran'];
    const shells = [1, 2, 3, 4].map(() => spawn('/bin/sh', args, { cwd: home.path, stdio: 'ignore' }));
    const codes = await Promise.all(shells.map((shell) => new Promise((resolve) => shell.once('exit', resolve))));
    expect(codes.toSorted()).toEqual([0, 75, 75, 75]);
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
    for (const pid of processesMarked([`OPENCLAW_HOME=${home.path}`])) kill(pid);
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
    expect(await startAttempt(attempt(command, { limits: { ...limits, timeoutMs: 300 } })).end(forever)).toMatchObject({
      kind: 'timed-out',
    });
    expect(output()).toContain('cleaned');
  });

  it('is killed when it does not end at its timeout', { timeout: 30_000 }, async () => {
    const end = await startAttempt(
      attempt('trap "" TERM; while :; do sleep 0.05; done', { limits: { timeoutMs: 100, graceMs: 200 } }),
    ).end(forever);
    expect(end).toMatchObject({ kind: 'timed-out' });
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`])).toEqual([]);
    // A later runtime does not take it for a crash.
    expect(await startAttempt(attempt('exit 0')).end(forever)).toMatchObject({ kind: 'timed-out' });
  });

  it.each([
    ['kill -KILL $$', { code: null, signal: 'SIGKILL' }],
    ['kill -SEGV $$', { code: null, signal: 'SIGSEGV' }],
    ['exit 137', { code: 137, signal: null }],
    ['sh -c "kill -KILL \\$\\$"; exit $?', { code: 137, signal: null }],
    ['exit 0', { code: 0, signal: null }],
  ])('tells a signal from an exit code: %s', async (command, expected) => {
    expect(await startAttempt(attempt(command)).end(forever)).toMatchObject({ kind: 'exited', ...expected });
  });

  it.each([
    [['umask'], { code: 9 }],
    [['sh', '-c', 'kill -KILL $$'], { code: null, signal: 'SIGKILL' }],
    [['no-such-program'], { code: 127 }],
    [['./no-such-program'], { code: 127 }],
  ])('runs programs, not builtins of its shell: %s', async (command, expected) => {
    writeFileSync(join(home.path, 'umask'), '#!/bin/sh\nexit 9\n', { mode: 0o755 });
    const env = { ...attempt('').env, PATH: `${home.path}:${process.env.PATH}` };
    expect(await startAttempt(attempt('', { command, env })).end(forever)).toMatchObject({
      kind: 'exited',
      ...expected,
    });
  });

  it('is killed with its last words kept, and the signal told', { timeout: 30_000 }, async () => {
    const command = 'trap "" TERM; echo last words; while :; do sleep 0.05; done';
    const running = startAttempt(attempt(command, { limits: { timeoutMs: 300, graceMs: 100 } }));
    expect(await running.end(forever)).toMatchObject({ kind: 'timed-out', code: null, signal: 'SIGKILL' });
    expect(folder.output()).toBe('last words');
  });

  it('is cancelled: TERM, grace, KILL, and nothing of it is left', { timeout: 30_000 }, async () => {
    const command = 'trap "" TERM; (setsid sleep 30 &); while :; do sleep 0.05; done';
    const running = startAttempt(attempt(command, { limits: { timeoutMs: 20_000, graceMs: 100 } }));
    const ended = running.end(forever);
    await expect.poll(() => processesMarked([`OPENCLAW_HOME=${home.path}`]).length).toBeGreaterThanOrEqual(4);
    running.cancel();
    expect(await ended).toMatchObject({ kind: 'cancelled', signal: 'SIGKILL' });
    expect(processesMarked([`OPENCLAW_HOME=${home.path}`])).toEqual([]);
    // A later runtime says the same.
    const again = new AttemptFolder([home.path], 'beat@1000', 1);
    expect(await startAttempt(attempt('exit 0', { folder: again })).end(forever)).toMatchObject({ kind: 'cancelled' });
  });

  it('that had ended when it was cancelled keeps its own end', async () => {
    const running = startAttempt(attempt('exit 3'));
    await expect.poll(() => folder.end()).toBeDefined();
    running.cancel();
    expect(await running.end(forever)).toMatchObject({ kind: 'exited', code: 3 });
  });

  it('has its timeout counted from its start by the next runtime, with the limits of its start', async () => {
    const letGo = new AbortController();
    const first = startAttempt(attempt('sleep 30', { limits: { timeoutMs: 500, graceMs: 100 } }));
    const ended = first.end(letGo.signal);
    await expect.poll(() => folder.process()).toBeDefined();
    letGo.abort();
    await expect(ended).rejects.toThrow();
    const again = startAttempt(attempt('exit 1', { folder: new AttemptFolder([home.path], 'beat@1000', 1) }));
    const end = await again.end(forever);
    expect(end).toMatchObject({ kind: 'timed-out', signal: 'SIGTERM' });
    expect(end.kind === 'timed-out' && end.seconds).toBeGreaterThanOrEqual(0.45);
  });

  it('does not time out because somebody sets the clock', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const running = startAttempt(attempt('sleep 0.4'));
      const ended = running.end(forever);
      await expect.poll(() => folder.process()).toBeDefined();
      vi.setSystemTime(Date.now() + 3_600_000);
      const end = await ended;
      expect(end).toMatchObject({ kind: 'exited', code: 0 });
      if (end.kind !== 'exited') return;
      expect(end.seconds).toBeLessThan(20);
      expect(Math.abs(Date.now() - end.at)).toBeLessThan(20_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('has a folder of its own for scratch files, gone afterwards', async () => {
    const command = 'test "$TMPDIR" = "$OPENCLAW_SCRATCH" && touch "$TMPDIR/x" && test "$(ls "$TMPDIR")" = x';
    expect(await startAttempt(attempt(command)).end(forever)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder.scratch, 'x'))).toBe(true);
    await folder.removeScratch();
    expect(existsSync(folder.scratch)).toBe(false);
  });

  describe('on a disk that takes no writes', () => {
    let blocked: string;

    beforeEach(() => {
      blocked = join(home.path, 'blocked');
      writeFileSync(blocked, 'a file, so nothing can be made in it');
    });

    it('goes elsewhere, where the next runtime finds it', async () => {
      const roots = [blocked, join(home.path, 'spare')] as const;
      folder = new AttemptFolder(roots, 'beat@1000', 1);
      const end = await startAttempt(attempt('echo ran >> ran; echo said; exit 4')).end(forever);
      expect(end).toMatchObject({ kind: 'exited', code: 4 });
      expect(folder.problem).toContain('ENOTDIR');
      const again = attempt('exit 1', { folder: new AttemptFolder(roots, 'beat@1000', 1) });
      expect(await startAttempt(again).end(forever)).toMatchObject({ kind: 'exited', code: 4 });
      expect(again.folder.output()).toBe('said');
      expect(home.lines('ran')).toEqual(['ran']);
    });

    it('runs even if it can leave no file anywhere', async () => {
      const nowhere = attempt('echo ran >> ran; exit 4', { folder: new AttemptFolder([blocked], 'beat@1000', 1) });
      expect(await startAttempt(nowhere).end(forever)).toMatchObject({ kind: 'exited', code: 4, signal: null });
      expect(home.lines('ran')).toEqual(['ran']);
      const slow = attempt('sleep 30', {
        folder: new AttemptFolder([blocked], 'beat@2000', 1),
        limits: { timeoutMs: 100, graceMs: 100 },
      });
      expect(await startAttempt(slow).end(forever)).toMatchObject({ kind: 'timed-out', signal: 'SIGTERM' });
    });

    it('tells its end elsewhere if the disk has become so meanwhile', async () => {
      folder = new AttemptFolder([join(home.path, 'main'), join(home.path, 'spare')], 'beat@1000', 1);
      const command = `sleep 0.2; mv main away; touch main; exit 6`;
      expect(await startAttempt(attempt(command)).end(forever)).toMatchObject({ kind: 'exited', code: 6 });
    });
  });

  it.each([
    ['nothing of it is there', () => undefined],
    ['its shell had only made the file', () => writeFileSync(join(folder.path, 'process'), '')],
    ['what its shell wrote is torn', () => writeFileSync(join(folder.path, 'process'), '12 (sh')],
  ])('killed so early that %s, it is started', async (_when, left) => {
    folder.create(limits);
    left();
    const started = startAttempt(attempt('echo ran >> ran'));
    const end = await started.end(forever);
    if (existsSync(join(folder.path, 'process')) && home.lines('ran').length === 0) {
      // The name is taken for good: nothing ran, and the next attempt has a folder of its own.
      expect(end).toEqual({ kind: 'interrupted' });
    } else expect(end).toMatchObject({ kind: 'exited', code: 0 });
    expect(home.lines('ran').length).toBeLessThanOrEqual(1);
  });

  it('is left to a shell that has taken it and not said so yet', { timeout: 20_000 }, async () => {
    const same = attempt('echo second >> ran');
    folder.create(limits);
    const slowly = `cd "$1"; : > process; sleep 0.4
      { cat /proc/$$/stat; echo '${same.bootId}'; cat /proc/uptime; } > process
      echo first >> ../../ran; sleep 0.2; read -r now _ < /proc/uptime; : > "ended.exit.6.$now"`;
    const shell = spawn('/bin/sh', ['-c', slowly, 'sh', folder.path], { env: same.env, stdio: 'ignore' });
    await expect.poll(() => folder.isTaken()).toBe(true);
    expect(folder.process()).toBeUndefined();
    expect(await startAttempt(same).end(forever)).toMatchObject({ kind: 'exited', code: 6 });
    expect(home.lines('ran')).toEqual(['first']);
    shell.kill('SIGKILL');
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
    folder.create(limits);
    writeFileSync(join(folder.path, 'process'), '');
    expect(folder.process()).toBeUndefined();
  });
});

describe('the identity of a process', () => {
  it('is not that of another process with the same pid, nor of another boot', async () => {
    using home = new Home();
    const child = spawn('sleep', ['30']);
    const folder = new AttemptFolder([home.path], 'x', 1);
    folder.create(limits);
    const bootId = currentBootId();
    writeFileSync(join(folder.path, 'process'), `${readFileSync(`/proc/${child.pid}/stat`, 'utf8')}${bootId}\n1.5\n`);
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
