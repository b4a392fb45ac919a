/** Finds the journal that is meant: by its file, its folder, or the id of its run. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import { didYouMean } from '../input/did-you-mean.ts';
import { placesOf } from '../input/places.ts';
import { root, runsDir } from './prepare.ts';

/** Throws `CHAOS_RUN` if there is nothing by that name. */
export async function journalAt(given: string): Promise<string> {
  for (const path of [...placesOf(given, root), join(runsDir, given)]) {
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) return found.isDirectory() ? join(path, 'journal.ndjson') : path;
  }
  throw new InvalidInput('CHAOS_RUN', `no journal, folder or run "${given}"`, { mend: await nearest(given) });
}

/** There may be thousands: the latest is worth more than a list of them. */
async function nearest(given: string): Promise<string> {
  const runs = (await readdir(runsDir).catch((): string[] => [])).sort();
  // Those of a gate begin with the time.
  const latest = runs.findLast((run) => /^\d/.test(run)) ?? runs.at(-1);
  if (latest === undefined) return 'no run has been made here: npm run chaos';
  const said = didYouMean(given, runs);
  return said.startsWith('did you mean') ? said : `runs are in ${runsDir}, such as ${latest}`;
}
