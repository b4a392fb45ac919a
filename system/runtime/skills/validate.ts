/** Looks at skills that are not in use (yet): everything that is wrong with them, with the lines. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Skill } from './skill.ts';
import { skillNames } from './skill-folder.ts';
import { firstLineOf, problemOf, type SkillProblem } from './skill-problem.ts';
import { readSkill } from './skill-source.ts';

export interface SkillReport {
  readonly name: string;
  /** The SKILL.md. */
  readonly file: string;
  /** Null: it has problems. */
  readonly skill: Skill | null;
  readonly problems: readonly SkillProblem[];
}

/**
 * `path` is a SKILL.md, the folder of a skill, or a folder of skills; `searchPath`, as in $PATH, is where commands are looked for. What
 * cannot be read is a problem, too: this never rejects.
 */
export async function validateSkillFolder(path: string, searchPath: string): Promise<readonly SkillReport[]> {
  const whole = resolve(path);
  try {
    if (!(await stat(whole)).isDirectory()) {
      if (basename(whole) === 'SKILL.md') return [await report(dirname(whole), searchPath)];
      return [notOne(whole, 'is no SKILL.md and no folder: name one of them')];
    }
    if ((await readdir(whole)).includes('SKILL.md')) return [await report(whole, searchPath)];
    const names = await skillNames(whole);
    if (names.length === 0) return [notOne(whole, 'has no SKILL.md and no folders of skills in it: name another one')];
    return await Promise.all(names.map((name) => report(join(whole, name), searchPath)));
  } catch (error) {
    return [notOne(whole, `cannot be looked into: ${firstLineOf(error)}`)];
  }
}

async function report(folder: string, searchPath: string): Promise<SkillReport> {
  const name = basename(folder);
  const { skill } = await readSkill(folder, name, { path: searchPath });
  const file = join(folder, 'SKILL.md');
  return 'problem' in skill
    ? { name, file, skill: null, problems: skill.problems }
    : { name, file, skill, problems: [] };
}

const notOne = (path: string, message: string): SkillReport => ({
  name: basename(path),
  file: path,
  skill: null,
  problems: [problemOf(message)],
});
