/** Toxiproxy and Prometheus of a run: the ones of this project, each as a process of its own, so that nothing in them waits for the harness or makes it wait. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import type { PlacedRules } from '../prometheus-config.ts';
import { type LocalRun, type StartedPart, startPart } from './part.ts';
import { endOfLog } from './part-log.ts';
import { loopback } from './ports.ts';
import { logOf, userHomeOf } from './run-folder.ts';

/** Programs by their argv. */
export interface ServerPrograms {
  toxiproxy(port: number): readonly string[];
  /** `folder` is the server's own, for what it keeps. */
  prometheus(port: number, configFile: string, folder: string): readonly string[];
}

export interface LocalServer {
  /** Base URL of its API. */
  readonly url: string;
  /** How it came to its end; undefined while it runs. */
  readonly ended: () => string | undefined;
}

const top = resolve(import.meta.dirname, '../../..');
const readyWithinMs = 30_000;
const askWithinMs = 1_000;
const pollMs = 50;
const lastWordsBytes = 2_000;

export const serverFiles = {
  toxiproxy: join(top, 'chaos/toxiproxy/server/main.ts'),
  prometheus: join(top, 'metrics/prometheus/main.ts'),
} as const;

export const ownServers: ServerPrograms = {
  toxiproxy: (port) => ['node', serverFiles.toxiproxy, '--host', loopback, '--port', String(port)],
  prometheus: (port, configFile) => [
    'node',
    '--disable-warning=ExperimentalWarning',
    serverFiles.prometheus,
    `--config.file=${configFile}`,
    `--web.listen-address=${loopback}:${port}`,
  ],
};

export const toxiproxyPart = '@toxiproxy';
export const prometheusPart = '@prometheus';

/** Resolves when it answers. Throws `CHAOS_START`, with the server's last words. */
export async function startToxiproxy(run: LocalRun, programs: ServerPrograms, port: number): Promise<LocalServer> {
  const started = startPart(run, { part: toxiproxyPart, argv: programs.toxiproxy(port), cwd: run.folder });
  const server = watched(started, `http://${loopback}:${port}`);
  await answering(run, 'Toxiproxy', toxiproxyPart, server, '/version');
  return server;
}

/** The same for Prometheus; `config` is the text of its configuration, `rules` what that names. */
export async function startPrometheus(
  run: LocalRun,
  programs: ServerPrograms,
  port: number,
  config: string,
  rules: readonly PlacedRules[],
): Promise<LocalServer> {
  const configFile = join(run.folder, 'prometheus.yml');
  writeFileSync(configFile, config);
  for (const { path, text } of rules) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const argv = programs.prometheus(port, configFile, userHomeOf(run.folder, prometheusPart));
  const started = startPart(run, { part: prometheusPart, argv, cwd: run.folder });
  const server = watched(started, `http://${loopback}:${port}`);
  await answering(run, 'Prometheus', prometheusPart, server, '/-/ready');
  return server;
}

function watched({ child }: StartedPart, url: string): LocalServer {
  let ended: string | undefined;
  child.once('error', ({ message }) => {
    ended = message;
  });
  child.once('exit', (code, signal) => {
    ended = `it ended (${signal ?? `exit code ${code}`})`;
  });
  return { url, ended: () => ended };
}

async function answering(
  run: LocalRun,
  name: string,
  part: string,
  { url, ended }: LocalServer,
  path: string,
): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (ended() === undefined && performance.now() < deadline) {
    if (await answers(`${url}${path}`)) return;
    await sleep(pollMs);
  }
  const words = await endOfLog(logOf(run.folder, part), lastWordsBytes);
  const reason = ended() ?? `no answer within ${readyWithinMs} ms`;
  throw new ChaosError('CHAOS_START', `${name} did not start: ${reason}${words && `; it said:\n${words}`}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    const { ok, body } = await fetch(url, { signal: AbortSignal.timeout(askWithinMs) });
    await body?.cancel();
    return ok;
  } catch {
    return false;
  }
}
