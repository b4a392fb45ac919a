/** A Prometheus as a child process on a port and in a folder of its own, the real one or ours, started with the same flags and files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How one kind of server is run: program, its own first arguments, and flags that the other has no use for. */
export interface Program {
  readonly command: string;
  readonly arguments: readonly string[];
  flags(folder: string): readonly string[];
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
  };
}

export const ourPrometheus: Program = {
  command: process.execPath,
  arguments: ['--disable-warning=ExperimentalWarning', join(import.meta.dirname, '..', 'main.ts')],
  flags: () => [],
};

/** Resolves once `/-/ready` answers 200. */
export async function startPrometheus(
  program: Program,
  files: Readonly<Record<string, string>>,
  flags: readonly string[],
): Promise<PrometheusProcess> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'prometheus-contract-')));
  await Promise.all(Object.entries(files).map(([name, content]) => writeFile(join(folder, name), content)));
  const address = `127.0.0.1:${await freePort()}`;
  const own = [
    `--config.file=${join(folder, 'prometheus.yml')}`,
    `--web.listen-address=${address}`,
    ...program.flags(folder),
  ];
  const child = spawn(program.command, [...program.arguments, ...own, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += String(chunk)));
  child.on('error', (error) => (log += `${error.message}\n`));
  const started: PrometheusProcess = {
    url: `http://${address}`,
    folder,
    log: () => log,
    async [Symbol.asyncDispose]() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await ready(started, child);
  } catch (error) {
    await started[Symbol.asyncDispose]();
    throw error;
  }
  return started;
}

async function ready(started: PrometheusProcess, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.pid === undefined) break;
    if (await isReady(started.url)) return;
    await sleep(50);
  }
  throw new Error(
    `${child.spawnargs.join(' ')} is not ready (exit code ${child.exitCode}):\n${started.log().slice(-4_000)}`,
  );
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}
