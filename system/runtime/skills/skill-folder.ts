/** The skills of a home, `skills/NAME/SKILL.md`: those that can run, and what is wrong with the others. */
import { cp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { missingProgram } from './command-check.ts';
import { parseSkillFile, type Skill } from './skill-file.ts';

export interface SkillSet {
  readonly skills: ReadonlyMap<string, Skill>;
  /** By the name of the folder. */
  readonly problems: ReadonlyMap<string, string>;
  /** Another value means that files have changed. */
  readonly fingerprint: string;
}

/** `status` holds status files, no skill. */
const reserved = new Set(['status']);
const maxSkills = 200;
const maxFileBytes = 65_536;
const maxProblemLength = 1000;

export interface SkillFolderOptions {
  /** Where commands are looked for. */
  readonly path: string;
  /** Takes the place of the files' schedules; a skill that it does not name has none. */
  readonly schedules?: Readonly<Record<string, string>> | undefined;
}

export async function loadSkills(folder: string, options: SkillFolderOptions): Promise<SkillSet> {
  // Taken first: what is written while the files are read is seen as a change afterwards.
  const seen = await fingerprint(folder);
  const names = await skillNames(folder);
  const skills = new Map<string, Skill>();
  const problems = new Map<string, string>();
  for (const name of names.slice(0, maxSkills)) {
    const result = await loadSkill(join(folder, name), name, options);
    if ('problem' in result) problems.set(name, result.problem.slice(0, maxProblemLength));
    else skills.set(name, result);
  }
  for (const name of names.slice(maxSkills)) problems.set(name, `is beyond the first ${maxSkills} skills: remove some`);
  for (const name of Object.keys(options.schedules ?? {})) {
    if (!names.includes(name))
      problems.set(name, `OPENCLAW_SCHEDULES names it, but there is no folder ${join(folder, name)}`);
  }
  return { skills, problems, fingerprint: seen };
}

/** Changes with any SKILL.md that comes, goes or is written. */
export async function fingerprint(folder: string): Promise<string> {
  const names = await skillNames(folder);
  const seen = names.map(async (name) => {
    const file = await stat(join(folder, name, 'SKILL.md')).catch(() => undefined);
    return file ? `${name}:${file.ino}:${file.size}:${file.mtimeMs}` : `${name}:-`;
  });
  return (await Promise.all(seen)).join('\n');
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

async function loadSkill(
  folder: string,
  name: string,
  options: SkillFolderOptions,
): Promise<Skill | { readonly problem: string }> {
  const path = join(folder, 'SKILL.md');
  const override = options.schedules === undefined ? undefined : (options.schedules[name] ?? null);
  try {
    if ((await stat(path)).size > maxFileBytes)
      return { problem: `SKILL.md is over ${maxFileBytes} bytes: shorten it` };
    const skill = parseSkillFile(name, await readFile(path, 'utf8'), override);
    if ('problem' in skill) return skill;
    const missing = missingProgram(skill.command, folder, options.path);
    return missing === undefined ? skill : { problem: missing };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { problem: `SKILL.md cannot be read: ${detail}` };
  }
}

async function skillNames(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter(
      (entry) =>
        (entry.isDirectory() || entry.isSymbolicLink()) && !entry.name.startsWith('.') && !reserved.has(entry.name),
    )
    .map((entry) => entry.name)
    .sort();
}
