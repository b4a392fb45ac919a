/**
 * Keeps one process running: starts it, says its pid in a file, starts it again in place whenever it ends, and ends it when asked to.
 * It signals that process only, never a group, so what the process has started lives on when it dies. There is never a second copy:
 * what an earlier supervisor of the same pid file has left is ended first.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { supervisedVariable } from '../layer/supervision.ts';
import type { Arguments } from './arguments.ts';
import { endSupervisedBy } from './marked-processes.ts';
import { configurationError, type Restart, RestartDelay } from './restart-delay.ts';

/** Longer than a layer takes at most to close, and over before those lose patience who wait ten seconds: `npm start`, `docker stop`. */
const stopWithinMs = 9000;
const killed = 137;

export async function supervise({ name, pidFile, untilStdinEnds, program, args }: Arguments): Promise<void> {
  const delay = new RestartDelay();
  const env = {
    // Node keeps compiled code there: a layer that comes back finds it, and is ready in about half the time.
    NODE_COMPILE_CACHE: join(dirname(pidFile), 'compile-cache'),
    ...process.env,
    [supervisedVariable]: resolve(pidFile),
  };
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  let exitCode = 0;

  const start = (): void => {
    const startedAt = performance.now();
    // Its stdin ends when this process does, however that happens: see system/layer/supervision.ts.
    child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], env });
    child.stdin?.on('error', () => undefined);
    const { pid } = child;
    if (pid !== undefined) keepPid(() => writePid(pidFile, pid));
    // 'error' without a pid: it could not be started, and there will be no 'exit'.
    child.once('error', (error) => child?.pid === undefined && ended(startedAt, null, error.message));
    child.once('exit', (code, signal) => ended(startedAt, code, signal ?? `exit code ${code}`));
  };

  /** On a disk that is full or read-only the process must run all the same. */
  const keepPid = (change: () => void): void => {
    try {
      change();
    } catch (error) {
      say({ level: 40, name, msg: `the pid file is not up to date: ${String(error)}` });
    }
  };

  const ended = (startedAt: number, code: number | null, how: string): void => {
    child = undefined;
    keepPid(() => rmSync(pidFile, { force: true }));
    if (stopping) process.exit(exitCode);
    const next = delay.after(performance.now() - startedAt, code);
    sayEnded(name, code, how, next);
    restart = setTimeout(start, next.delayMs);
  };

  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return;
    stopping = true;
    clearTimeout(restart);
    if (child === undefined) process.exit(0);
    child.kill(signal);
    setTimeout(() => {
      exitCode = killed;
      say({ level: 50, name, msg: `${name} did not end within ${stopWithinMs} ms of ${signal}: killed` });
      child?.kill('SIGKILL');
    }, stopWithinMs);
  };

  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (untilStdinEnds) process.stdin.on('close', () => stop('SIGTERM')).resume();
  mkdirSync(dirname(pidFile), { recursive: true });
  await endSupervisedBy(resolve(pidFile), (pids) =>
    say({ level: 40, name, msg: `an earlier ${name} still runs (pid ${pids.join(', ')}): ending it first` }),
  );
  start();
}

function sayEnded(name: string, code: number | null, how: string, { delayMs, tooMany }: Restart): void {
  const hint = code === configurationError ? ': its configuration must be mended' : '';
  const often = tooMany === undefined ? '' : `, and keeps dying (${tooMany} times in the last minute)`;
  const msg = `${name} ended (${how})${hint}${often}; starting again in ${delayMs} ms`;
  say({ level: tooMany === undefined ? 40 : 50, name, how, delayMs, msg });
}

/** Replaced as a whole: whoever reads it finds a complete pid or no file. */
function writePid(pidFile: string, pid: number): void {
  const unfinished = `${pidFile}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${pid}\n`);
  renameSync(unfinished, pidFile);
}

/** In the form of the layers' logs; lost where it cannot be written, as on a full disk. */
function say(fields: Readonly<Record<string, unknown>>): void {
  try {
    writeSync(1, `${JSON.stringify({ time: new Date().toISOString(), layer: 'supervisor', ...fields })}\n`);
  } catch {
    // process.stdout would end the process for it, or never write again.
  }
}
