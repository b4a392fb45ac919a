/** Finds what is left of runs: by the marks of what still runs, and by the files of runs that nobody ended. */
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type FoundProcess, processesOf, processTable, type Sought } from './process-table.ts';
import { readRunFile } from './run-folder.ts';

/** Where runs of this checkout lie; those of others are found while any marked process of theirs lives. */
const runsDir = resolve(import.meta.dirname, '../../../.chaos/runs');

export interface RunRemains extends Sought {
  /** Process that made it; see `harnessName()`. */
  readonly harness: string;
  readonly processes: readonly FoundProcess[];
}

/** Everything there is of one run, or of all runs. */
export function findRemains(run?: string): readonly RunRemains[] {
  const table = processTable();
  const runs = new Map<string, Omit<RunRemains, 'processes'>>();
  for (const { mark } of table) if (mark !== undefined) runs.set(mark.run, mark);
  const folders = new Set([...foldersIn(runsDir), ...[...runs.values()].map(({ folder }) => folder)]);
  for (const folder of folders) {
    const file = readRunFile(folder);
    if (file !== undefined) runs.set(file.run, { ...file, folder, started: file.processes });
  }
  return [...runs.values()]
    .filter((found) => run === undefined || found.run === run)
    .map(({ run, folder, harness, started = [] }) => {
      const sought = { run, folder, harness, started };
      return { ...sought, processes: processesOf(sought, table) };
    });
}

function foldersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}
