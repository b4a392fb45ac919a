/**
 * Keeps one process running: starts it, says its pid in a file, starts it again in place whenever it ends, and ends it when asked to.
 * It signals that process only, never a group, so what the process has started lives on when it dies.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Arguments } from './arguments.ts';
import { configurationError, RestartDelay } from './restart-delay.ts';

/** Longer than a layer takes at most to close. */
const stopWithinMs = 10_000;
const killed = 137;

export function supervise({ name, pidFile, program, args }: Arguments): void {
  const delay = new RestartDelay();
  // Node keeps compiled code there: a layer that comes back finds it, and is ready in about half the time.
  const env = { NODE_COMPILE_CACHE: join(dirname(pidFile), 'compile-cache'), ...process.env };
  let child: ChildProcess | undefined;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;
  let exitCode = 0;

  const start = (): void => {
    const startedAt = performance.now();
    child = spawn(program, args, { stdio: 'inherit', env });
    if (child.pid !== undefined) writePid(pidFile, child.pid);
    // 'error' without a pid: it could not be started, and there will be no 'exit'.
    child.once('error', (error) => child?.pid === undefined && ended(startedAt, null, error.message));
    child.once('exit', (code, signal) => ended(startedAt, code, signal ?? `exit code ${code}`));
  };

  const ended = (startedAt: number, code: number | null, how: string): void => {
    child = undefined;
    rmSync(pidFile, { force: true });
    if (stopping) process.exit(exitCode);
    const delayMs = delay.after(performance.now() - startedAt, code);
    const hint = code === configurationError ? ': its configuration must be mended' : '';
    say({ level: 40, name, how, delayMs, msg: `${name} ended (${how})${hint}; starting again in ${delayMs} ms` });
    restart = setTimeout(start, delayMs);
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
  mkdirSync(dirname(pidFile), { recursive: true });
  start();
}

/** Replaced as a whole: whoever reads it finds a complete pid or no file. */
function writePid(pidFile: string, pid: number): void {
  const unfinished = `${pidFile}.${process.pid}.tmp`;
  writeFileSync(unfinished, `${pid}\n`);
  renameSync(unfinished, pidFile);
}

/** In the form of the layers' logs. */
function say(fields: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), layer: 'supervisor', ...fields })}\n`);
}
