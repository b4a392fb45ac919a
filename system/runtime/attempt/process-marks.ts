/** Finds the processes of an attempt by what only they have in their environment, wherever they have moved to. Linux (`/proc`). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The shell around a command; it carries the marks too. */
export const wrapper = join(import.meta.dirname, 'attempt.sh');

/** Pids of every live process whose environment holds all these `NAME=value` entries. */
export function processesMarked(marks: readonly string[]): number[] {
  return environments()
    .filter(({ entries }) => marks.every((mark) => entries.has(mark)))
    .map(({ pid }) => pid);
}

/** Every live process that belongs to some attempt of a run of this home. */
export function processesOfRuns(home: string): { pid: number; run: string; attempt: number }[] {
  return environments().flatMap(({ pid, entries }) => {
    if (!entries.has(`OPENCLAW_HOME=${home}`)) return [];
    const entryOf = (name: string) =>
      [...entries].find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
    const [run, attempt] = [entryOf('OPENCLAW_RUN'), entryOf('OPENCLAW_ATTEMPT')];
    return run !== undefined && attempt !== undefined && /^\d+$/.test(attempt)
      ? [{ pid, run, attempt: Number(attempt) }]
      : [];
  });
}

/** How many there were. */
export function killMarked(marks: readonly string[]): number {
  return processesMarked(marks).map(kill).length;
}

/** All but the shells around the command, which live on to tell how it ended. */
export function commandProcesses(marks: readonly string[]): number[] {
  return processesMarked(marks).filter((pid) => readText(`/proc/${pid}/cmdline`).split('\0')[1] !== wrapper);
}

export function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

function environments(): { readonly pid: number; readonly entries: ReadonlySet<string> }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => ({ pid: Number(name), text: readText(`/proc/${name}/environ`) }))
    .filter(({ text }) => text !== '')
    .map(({ pid, text }) => ({ pid, entries: new Set(text.split('\0')) }));
}

/** Empty if the process is gone or another user's. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
