/** Housekeeping of `state/runs/`: what an earlier runtime left unfinished, and no more than the newest folders of finished runs. */
import { existsSync, readdirSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AttemptFolder, folderName } from '../attempt/attempt-folder.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { QueuedRun } from '../ledger/ledger-row.ts';

const keep = 200;

/** Runs whose process an earlier runtime started, or may have: to be taken up before any other run starts. */
export function unfinishedRuns(ledger: Ledger, runsFolder: string): QueuedRun[] {
  const onDisk = new Set(existsSync(runsFolder) ? readdirSync(runsFolder) : []);
  // Killed between the process's start and its record, a runtime leaves a run that is only claimed, but taken.
  const taken = ledger
    .inState('claimed')
    .filter(({ id, attempt }) => onDisk.has(folderName(id)) && new AttemptFolder(runsFolder, id, attempt).process());
  return [...ledger.inState('running'), ...taken];
}

/** Removes all but the newest folders; those of `running` stay. */
export async function trimRunFolders(runsFolder: string, running: readonly QueuedRun[]): Promise<void> {
  const held = new Set(running.map(({ id }) => folderName(id)));
  const names = (await readdir(runsFolder)).filter((name) => !held.has(name));
  if (names.length <= keep) return;
  const dated = await Promise.all(
    names.map(async (name) => ({
      name,
      at: (await stat(join(runsFolder, name)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const old = dated.sort((a, b) => b.at - a.at).slice(keep);
  for (const { name } of old) await rm(join(runsFolder, name), { recursive: true, force: true });
}
