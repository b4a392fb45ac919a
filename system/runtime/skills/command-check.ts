/** Finds out, before the first slot is due, that a skill's command names a program that is not there. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';

/** What is wrong, or undefined. A shell command that begins with anything but a plain word is not looked into. */
export function missingProgram(command: readonly string[], folder: string, path: string): string | undefined {
  const shell = command[0] === '/bin/sh' && command[1] === '-c';
  const program = shell ? (/^\s*([\w./-]+)(?=\s|$)/.exec(command[2] ?? '')?.[1] ?? '') : (command[0] ?? '');
  if (program === '' || isThere(program, folder, path)) return undefined;
  if (shell && !program.includes('/') && shellKnows(program)) return undefined;
  return `there is no program "${program}": install it or correct the command`;
}

function isThere(program: string, folder: string, path: string): boolean {
  if (program.includes('/')) return isExecutable(resolve(folder, program));
  return path.split(delimiter).some((part) => isExecutable(resolve(part, program)));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

const known = new Set<string>();

/** Builtins and keywords (`exit`, `if`). */
function shellKnows(word: string): boolean {
  if (known.has(word)) return true;
  const look = ['-c', 'command -v "$1" >/dev/null', 'sh', word];
  const isKnown = spawnSync('/bin/sh', look, { timeout: 1000, stdio: 'ignore' }).status === 0;
  if (isKnown) known.add(word);
  return isKnown;
}
