/** The end of a run on this machine: nothing of it is left running, and so there is nothing to be recovered. */
import { killAllOf } from './exact-signal.ts';
import type { FoundProcess, Sought } from './process-table.ts';
import { readRunFile, removeRunFile } from './run-folder.ts';

/** Tells what was killed. What the run wrote stays: it is the evidence. Throws `CHAOS_NOT_REMOVED`; then it can be recovered. */
export async function endRun({ run, folder }: Sought): Promise<readonly FoundProcess[]> {
  const sought = { run, folder, started: readRunFile(folder)?.processes ?? [] };
  const killed = await killAllOf(sought);
  removeRunFile(folder);
  // A harness that still lives may just have brought a node back; without the file it brings back no more.
  return [...killed, ...(await killAllOf(sought))];
}
