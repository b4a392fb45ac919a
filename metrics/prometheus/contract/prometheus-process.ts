/** A Prometheus as a child process on a port and in a folder of its own, the real one or ours, started with the same flags and files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How one kind of server is run: program, its own first arguments, and flags that the other has no use for. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  flags(folder: string): readonly string[];
  /** Finds `HOST:PORT` in its log, once it has one. */
  readonly listening: RegExp;
}

export interface PrometheusProcess extends AsyncDisposable {
  readonly url: string;
  readonly folder: string;
  /** What it has written so far, both streams. */
  log(): string;
}

const readyWithinMs = 40_000;

export function realPrometheus(path: string): Program {
  return {
    command: path,
    arguments: [],
    flags: (folder) => [`--storage.tsdb.path=${join(folder, 'data')}`, '--storage.tsdb.no-lockfile'],
    listening: /msg="Listening on" component=web address=(\S+)/,
  };
}

export const ourPrometheus: Program = {
  command: process.execPath,
  arguments: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', 'main.ts')],
  flags: () => [],
  listening: /msg="Start listening for connections" component=web address=(\S+)/,
};

/** Resolves once `/-/ready` answers 200. */
export async function startPrometheus(
  program: Program,
  files: Readonly<Record<string, string>>,
  flags: readonly string[],
): Promise<PrometheusProcess> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'prometheus-contract-')));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
  const own = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    '--web.listen-address=127.0.0.1:0',
    ...program.flags(folder),
  ];
  const child = spawn(program.command, [...program.arguments, ...own, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  child.on('error', (error) => (log += `${error.message}\n`));
  const stop = async (): Promise<void> => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const url = await ready(program, child, () => log);
    return { url, folder, log: () => log, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Its URL, once it answers there. */
async function ready({ listening }: Program, child: ChildProcess, log: () => string): Promise<string> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.pid === undefined) break;
    const [, address] = listening.exec(log()) ?? [];
    const url = `http://${address}`;
    if (address !== undefined && (await isReady(url))) return url;
    await sleep(50);
  }
  throw new Error(`${child.spawnargs.join(' ')} is not ready (exit code ${child.exitCode}):\n${log().slice(-4_000)}`);
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/-/ready`);
    await response.text();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
