/** Reads one skill from its folder: a regular file of a sane size, in the folder itself, whose command is there. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { missingProgram } from './command-check.ts';
import type { Skill } from './skill.ts';
import { type BadSkill, bad, parseSkillFile } from './skill-file.ts';
import { firstLineOf, problemOf } from './skill-problem.ts';

export interface SkillSource {
  /** Null: it could not be read. */
  readonly text: string | null;
  readonly skill: Skill | BadSkill;
  /** True: the file is good, but what it wants to run is not there. It may come without the file being touched. */
  readonly lacksProgram: boolean;
}

export interface SourceOptions {
  /** Where commands are looked for, as in $PATH. */
  readonly path: string;
  /** Takes the place of the files' schedules; a skill that it does not name has none. */
  readonly schedules?: Readonly<Record<string, string>> | undefined;
}

const skillFileName = 'SKILL.md';
const maxFileBytes = 65_536;

export async function readSkill(folder: string, name: string, options: SourceOptions): Promise<SkillSource> {
  const path = join(folder, skillFileName);
  try {
    const unusable = await whyNotReadable(path, folder);
    if (unusable !== undefined) return { text: null, skill: bad([problemOf(unusable)]), lacksProgram: false };
    const text = await readFile(path, 'utf8');
    return { text, ...readSkillText(folder, name, text, options) };
  } catch (error) {
    const problem = problemOf(`${skillFileName} cannot be read: ${firstLineOf(error)}`);
    return { text: null, skill: bad([problem]), lacksProgram: false };
  }
}

/** As if `text` were in the folder's SKILL.md. */
export function readSkillText(
  folder: string,
  name: string,
  text: string,
  { path, schedules }: SourceOptions,
): Pick<SkillSource, 'skill' | 'lacksProgram'> {
  const skill = parseSkillFile(name, text, schedules === undefined ? undefined : (schedules[name] ?? null));
  if ('problem' in skill) return { skill, lacksProgram: false };
  const missing = missingProgram(skill.command, folder, path);
  if (missing === undefined) return { skill, lacksProgram: false };
  const line = text.split('\n').findIndex((written) => /^\s*"?command"?\s*:/.test(written)) + 1;
  return {
    skill: bad([{ key: 'metadata.openclaw.command', message: missing, line: line || null }]),
    lacksProgram: true,
  };
}

/** Looked at before it is opened: to open a pipe is to wait for its other end. */
async function whyNotReadable(path: string, folder: string): Promise<string | undefined> {
  const file = await stat(path);
  if (!file.isFile()) return `${skillFileName} is no regular file: write it as one`;
  if (file.size > maxFileBytes) return `${skillFileName} is over ${maxFileBytes} bytes: shorten it`;
  if (dirname(await realpath(path)) === (await realpath(folder))) return undefined;
  return `${skillFileName} is a link out of its folder: put the file itself there`;
}

export const missing = 'missing';

/** Changes whenever the skill's file is written, replaced or made readable; `missing` if there is none. */
export async function fingerprintOf(folder: string): Promise<string> {
  try {
    const { ino, size, mtimeNs, ctimeNs } = await stat(join(folder, skillFileName), { bigint: true });
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return code === 'ENOENT' ? missing : code;
  }
}
