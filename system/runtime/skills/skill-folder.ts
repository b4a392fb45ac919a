/** The skills of a home, `skills/NAME/`: which there are, and the samples that come with the product. */
import { cp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Skill } from './skill.ts';

export interface SkillSet {
  /** Those that can run, among them the last good version of some that are in `problems`. */
  readonly skills: ReadonlyMap<string, Skill>;
  /** What is wrong, by the name of the folder. */
  readonly problems: ReadonlyMap<string, string>;
  /** Skills whose last good version runs although the file on disk is bad. */
  readonly stale: ReadonlySet<string>;
  /** Why the folder of the skills cannot be listed; null: it can. Then nothing is known to have been removed. */
  readonly folderProblem: string | null;
  /** Another value means that something of the above has changed. */
  readonly fingerprint: string;
}

/** `status` holds status files, no skill. */
const reserved = new Set(['status']);

export async function skillNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.') && !reserved.has(entry.name),
    )
    .map((entry) => entry.name)
    .sort();
}

/** Copies each sample that the home lacks; what is there, edited or not, is left alone. */
export async function installSamples(samples: string, folder: string): Promise<void> {
  const [there, offered] = await Promise.all([skillNames(folder), skillNames(samples)]);
  for (const name of offered.filter((sample) => !there.includes(sample))) {
    const unfinished = join(folder, `.${name}.${process.pid}.tmp`);
    await rm(unfinished, { recursive: true, force: true });
    await cp(join(samples, name), unfinished, { recursive: true, filter: (path) => !path.includes('.test.') });
    await rename(unfinished, join(folder, name));
  }
}
