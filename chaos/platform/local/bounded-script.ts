/** Runs a shell script within bounds: of time, as `timeout --kill-after=1` does, and of output. */
import { type ChildProcess, spawn } from 'node:child_process';

const killAfterMs = 1_000;
/** As `timeout` says it. */
const timedOut = 124;
/** A program that the script left behind may hold its output open: it is not waited for longer than that. */
const outputWithinMs = 500;
const mostBytes = 1024 * 1024;

export interface ScriptOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** What it printed, at most 1 MiB, and its exit code; 124 if it took too long. Rejects if there is no /bin/sh. */
export function runScript(
  script: string,
  { cwd, env, timeoutMs }: ScriptOptions,
): Promise<{ readonly stdout: string; readonly exitCode: number }> {
  const stdio = ['ignore', 'pipe', 'ignore'] as const;
  const child = spawn('/bin/sh', ['-c', script], { cwd, env, detached: true, stdio: [...stdio] });
  const output = collect(child);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const timers = [
    setTimeout(() => signalGroup(child, 'SIGTERM'), timeoutMs),
    setTimeout(() => {
      signalGroup(child, 'SIGKILL');
      setTimeout(resolve, outputWithinMs, timedOut);
    }, timeoutMs + killAfterMs),
  ];
  const began = performance.now();
  const codeOf = (code: number | null) => (performance.now() - began >= timeoutMs ? timedOut : (code ?? 128));
  child.once('error', reject);
  child.once('exit', (code) => setTimeout(resolve, outputWithinMs, codeOf(code)));
  child.once('close', (code) => resolve(codeOf(code)));
  return promise
    .finally(() => {
      for (const timer of timers) clearTimeout(timer);
    })
    .then((exitCode) => ({ stdout: output(), exitCode }));
}

function collect({ stdout }: ChildProcess): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stdout?.on('data', (piece: Buffer) => {
    if (bytes < mostBytes) pieces.push(piece.subarray(0, mostBytes - bytes));
    bytes += piece.length;
  });
  return () => {
    stdout?.destroy();
    return Buffer.concat(pieces).toString('utf8');
  };
}

/** Until the script was seen to end, its pid, and so its group, is nobody else's. */
function signalGroup({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has made itself another user's; its time is up all the same.
  }
}
