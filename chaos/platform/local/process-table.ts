/** What runs on this machine, out of /proc: the processes whose environment this user may read, and the run that each belongs to. */
import { readdirSync, readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { ProcessIdentity } from '../platform.ts';
import { type ProcessStat, parseProcessStat } from '../process-stat.ts';
import { type Mark, markVariable, parseMark } from './mark.ts';
import { homesOf, type StartedProcess } from './run-folder.ts';

type Identity = Pick<ProcessIdentity, 'pid' | 'startTicks'>;

interface ProcessRow extends ProcessStat {
  readonly mark: Mark | undefined;
  readonly home: string | undefined;
}

/** The run that is looked for. */
export interface Sought {
  readonly run: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  /** What is known to have been started: found even if it has overwritten its environment since, as some servers do. */
  readonly started?: readonly StartedProcess[];
}

export interface FoundProcess extends ProcessIdentity {
  readonly part: string;
}

/** The process of that pid, if it runs: what is left of one that has ended (a zombie) does not. */
export function processOf(pid: number): ProcessStat | undefined {
  const stat = parseProcessStat(readText(`/proc/${pid}/stat`));
  return stat === undefined || stat.state === 'Z' || stat.state === 'X' ? undefined : stat;
}

export function isSameProcess(a: Identity | undefined, b: Identity | undefined): boolean {
  return a !== undefined && a.pid === b?.pid && a.startTicks === b.startTicks;
}

/** All that run now. */
export function processTable(): readonly ProcessRow[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? (rowOf(Number(entry)) ?? []) : []));
}

/**
 * The part of a run that a process belongs to by its environment. The mark decides; where a program gave its child an environment of
 * its own, as runtimes do for skills, the home does, which no two nodes share.
 */
export function partOf({ mark, home }: Pick<ProcessRow, 'mark' | 'home'>, { run, folder }: Sought): string | undefined {
  if (mark !== undefined) return mark.run === run ? mark.part : undefined;
  const homes = homesOf(folder) + sep;
  return home?.startsWith(homes) ? home.slice(homes.length).split(sep)[0] : undefined;
}

/** Everything that belongs to a run, with the descendants of it that cleared their environment altogether. */
export function processesOf(sought: Sought, table = processTable()): readonly FoundProcess[] {
  const rows = new Map(table.map((row) => [row.pid, row]));
  const ownerOf = (row: ProcessRow | undefined, depth: number): string | undefined => {
    if (row === undefined || depth > table.length) return undefined;
    const own = partOf(row, sought) ?? sought.started?.find((it) => isSameProcess(row, it))?.part;
    // One that is marked for another run is that run's, whoever its parent is.
    return own ?? (row.mark === undefined ? ownerOf(rows.get(row.parent), depth + 1) : undefined);
  };
  return table.flatMap((row) => {
    const part = ownerOf(row, 0);
    return part === undefined ? [] : [{ pid: row.pid, startTicks: row.startTicks, state: row.state, part }];
  });
}

/** The order matters: a stat that is still the same afterwards belongs to the environment that was read in between. */
export function rowOf(pid: number): ProcessRow | undefined {
  const stat = processOf(pid);
  if (stat === undefined) return undefined;
  const variables = readText(`/proc/${pid}/environ`).split('\0');
  const variable = (name: string) => variables.find((it) => it.startsWith(`${name}=`))?.slice(name.length + 1);
  const mark = variable(markVariable);
  return { ...stat, mark: mark === undefined ? undefined : parseMark(mark), home: variable('HOME') };
}

/** Empty if the process is gone or another user's. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
