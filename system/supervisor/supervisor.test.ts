/** The supervisor as a process, above small processes of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
const patience = { timeout: 10_000 };
/** Its time passes twenty times as fast. */
const hurried = [
  '--import',
  'data:text/javascript,const real = setTimeout; globalThis.setTimeout = (done, ms) => real(done, ms / 20);',
];

describe('the supervisor', () => {
  let folder: string;
  let pidFile: string;
  let supervisor: ChildProcess | undefined;
  let said: string;
  let exit: Promise<number | null>;
  const others: number[] = [];
  let options: string[];
  let flags: string[];
  let stdout: 'pipe' | number;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'openclaw-supervisor-'));
    pidFile = join(folder, 'run', 'test.pid');
    said = '';
    options = [];
    flags = [];
    stdout = 'pipe';
  });
  afterEach(() => {
    const pid = pidOf();
    supervisor?.kill('SIGKILL');
    for (const other of [...others.splice(0), ...(pid === undefined ? [] : [pid])]) kill(other);
    rmSync(folder, { recursive: true, force: true });
  });

  const supervise = (...command: string[]) => {
    const args = [...flags, main, '--name', 'test', '--pid-file', pidFile, ...options, '--', ...command];
    const started = spawn(process.execPath, args, { stdio: ['pipe', stdout, 'pipe'] });
    supervisor = started;
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', (chunk) => (said += String(chunk)));
    exit = new Promise((resolve) => started.once('exit', resolve));
  };
  const shell = (script: string) => supervise('/bin/sh', '-c', script);
  function pidOf(): number | undefined {
    return statSync(pidFile, { throwIfNoEntry: false })?.isFile()
      ? Number(/^(\d+)\n$/.exec(readFileSync(pidFile, 'utf8'))?.[1])
      : undefined;
  }
  const anotherPid = (than: number | undefined) =>
    expect.poll(() => pidOf() !== undefined && pidOf() !== than && alive(pidOf()), patience).toBe(true);

  it('starts its process and says its pid', async () => {
    shell(`echo $$ > ${folder}/me; exec sleep 30`);
    await anotherPid(undefined);
    await expect
      .poll(() => existsSync(`${folder}/me`) && readFileSync(`${folder}/me`, 'utf8'), patience)
      .toBe(`${pidOf()}\n`);
  });

  it('starts it again in place when it is killed, and leaves alone what it had started', async () => {
    shell(`(trap '' HUP; echo started; exec sleep 31) & echo $! > ${folder}/skill; exec sleep 30`);
    await anotherPid(undefined);
    await expect.poll(() => said, patience).toContain('started');
    const skill = Number(readFileSync(`${folder}/skill`, 'utf8'));
    others.push(skill);
    const first = pidOf();
    kill(first ?? 0);
    await anotherPid(first);
    others.push(Number(readFileSync(`${folder}/skill`, 'utf8')));
    expect(alive(skill)).toBe(true);
    expect(supervisor?.exitCode).toBeNull();
  });

  it('gives a process that keeps dying more and more time', async () => {
    shell('exit 7');
    const delays = () => [...said.matchAll(/"delayMs":(\d+)/g)].map((match) => Number(match[1]));
    await expect.poll(() => delays().slice(0, 4), patience).toEqual([0, 100, 200, 400]);
  });

  it('says that a configuration must be mended', async () => {
    shell('exit 78');
    await expect.poll(() => said, patience).toContain('its configuration must be mended; starting again in 1000 ms');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on, waits, and exits with 0', async (signal) => {
    shell(`trap 'sleep 0.3; echo closed > ${folder}/closed; exit 0' TERM INT; while :; do sleep 0.05; done`);
    await anotherPid(undefined);
    supervisor?.kill(signal);
    expect(await exit).toBe(0);
    expect(readFileSync(`${folder}/closed`, 'utf8')).toBe('closed\n');
    expect(existsSync(pidFile)).toBe(false);
  });

  it('stops between two lives', async () => {
    shell('exit 78');
    await expect.poll(() => said, patience).toContain('ended');
    supervisor?.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  it('stops when whoever started it is gone, if it is to', async () => {
    options = ['--until-stdin-ends'];
    shell(`trap 'echo closed > ${folder}/closed; exit 0' TERM; while :; do sleep 0.05; done`);
    await anotherPid(undefined);
    supervisor?.stdin?.destroy();
    expect(await exit).toBe(0);
    expect(readFileSync(`${folder}/closed`, 'utf8')).toBe('closed\n');
  });

  it('goes on without its stdin otherwise', async () => {
    shell('exec sleep 30');
    await anotherPid(undefined);
    const first = pidOf();
    supervisor?.stdin?.destroy();
    kill(first ?? 0);
    await anotherPid(first);
    expect(supervisor?.exitCode).toBeNull();
  });

  it('ends the stdin of its process when it is killed', async () => {
    shell(`echo reading; cat; echo gone > ${folder}/gone`);
    await expect.poll(() => said, patience).toContain('reading');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(existsSync(`${folder}/gone`)).toBe(false);
    supervisor?.kill('SIGKILL');
    await expect.poll(() => existsSync(`${folder}/gone`), patience).toBe(true);
  });

  it('ends the copy that a killed supervisor has left before it starts its own', async () => {
    // Deaf to its stdin, as a layer is whose event loop is stuck; it takes its time to end.
    const script = `trap 'sleep 0.5; echo "end $$" >> ${folder}/lives; exit 0' TERM; echo "start $$" >> ${folder}/lives; while :; do sleep 0.05; done`;
    const lives = () => (existsSync(`${folder}/lives`) ? readFileSync(`${folder}/lives`, 'utf8').split('\n') : []);
    shell(script);
    await expect.poll(() => lives().length, patience).toBe(2);
    await anotherPid(undefined);
    const first = pidOf();
    supervisor?.kill('SIGKILL');
    shell(script);
    await expect.poll(() => lives().length, patience).toBe(4);
    await anotherPid(first);
    expect(lives()).toEqual([`start ${first}`, `end ${first}`, `start ${pidOf()}`, '']);
    expect(said).toContain(`an earlier test still runs (pid ${first}`);
  });

  it('keeps its process on a disk that takes neither pid file nor log', async () => {
    mkdirSync(join(pidFile, 'in the way'), { recursive: true });
    stdout = openSync('/dev/full', 'w');
    shell(`echo $$ >> ${folder}/lives; [ $(wc -l < ${folder}/lives) -lt 3 ] || exec sleep 30`);
    closeSync(stdout);
    const lives = () =>
      existsSync(`${folder}/lives`) ? readFileSync(`${folder}/lives`, 'utf8').trim().split('\n') : [];
    await expect.poll(() => lives().length, patience).toBe(3);
    const last = Number(lives().at(-1));
    others.push(last);
    supervisor?.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(alive(last)).toBe(false);
  });

  it('kills what does not end within nine seconds', async () => {
    flags = hurried;
    shell(`trap '' TERM; echo deaf; while :; do sleep 0.1; done`);
    await expect.poll(() => said, patience).toContain('deaf');
    const pid = pidOf();
    supervisor?.kill('SIGTERM');
    expect(await exit).toBe(137);
    expect(alive(pid)).toBe(false);
  });

  it('tries again when the program is not there', async () => {
    supervise(join(folder, 'absent'));
    await expect.poll(() => said.split('ENOENT').length, patience).toBeGreaterThan(2);
  });

  it.each([
    [['--name', 'x', '--', 'true'], '--pid-file is missing'],
    [['--pid-file', 'x', '--', 'true'], '--name is missing'],
    [['--name', 'x', '--pid-file', 'y'], 'there is no command after "--"'],
    [['--nam', 'x', '--pid-file', 'y', '--', 'true'], 'unknown option --nam'],
  ])('refuses %j', async (args, problem) => {
    const refused = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    refused.stderr.on('data', (chunk) => (complaint += String(chunk)));
    expect(await new Promise((resolve) => refused.once('close', resolve))).toBe(78);
    expect(complaint).toContain(problem);
    expect(complaint).toContain('usage:');
  });
});

function alive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
