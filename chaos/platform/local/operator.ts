/**
 * The operator's shell on this machine. What an operator types must be right whatever ports a run has: `localhost:3019` leads to the
 * run's own gateway, because the `curl` that is found first is the machine's own with `--connect-to`, or, where there is none, a small
 * one of ours (curl.ts). `~/.openclaw` is the system's home itself. Programs other than curl see the machine as it is.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runScript } from './bounded-script.ts';
import { environmentOf, type LocalRun } from './part.ts';
import { loopback } from './ports.ts';
import { machinePath, userHomeOf } from './run-folder.ts';

const part = '@operator';

export interface OperatorOptions {
  readonly run: LocalRun;
  /** Node whose home is the operator's. */
  readonly home: string;
  /** Port that the operator asks → port that answers. */
  readonly ports: ReadonlyMap<number, number>;
  /** Folders in which the machine's curl is looked for. */
  readonly path?: readonly string[];
}

export class Operator {
  readonly #cwd: string;
  readonly #env: Record<string, string>;

  constructor({ run, home, ports, path = machinePath() }: OperatorOptions) {
    const bin = join(run.folder, 'operator');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'curl'), curlScript(curlOf(path), ports), { mode: 0o755 });
    this.#cwd = userHomeOf(run.folder, home);
    const env = environmentOf(run, part);
    this.#env = { ...env, HOME: this.#cwd, PATH: `${bin}${delimiter}${env.PATH}` };
  }

  shell(script: string, timeoutMs: number): ReturnType<typeof runScript> {
    return runScript(script, { cwd: this.#cwd, env: this.#env, timeoutMs });
  }
}

function curlScript(curl: string | undefined, ports: ReadonlyMap<number, number>): string {
  const leads = [...ports].flatMap(([asked, real]) =>
    ['localhost', loopback].map((host) => `--connect-to ${host}:${asked}:${loopback}:${real}`),
  );
  const standIn = [process.execPath, fileURLToPath(import.meta.resolve('./curl.ts'))];
  const program = curl === undefined ? standIn : [curl];
  return `#!/bin/sh\nexec ${program.map(quoted).join(' ')} ${leads.join(' ')} "$@"\n`;
}

function curlOf(path: readonly string[]): string | undefined {
  return path
    .map((folder) => join(folder, 'curl'))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** As one word of a shell. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
