/**
 * The skills that are run while layers are killed: each appends one line when it begins and one when it ends, whatever was written
 * before, so that nothing in the skill itself hides a slot that was run twice.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

interface SoakSkill {
  readonly everySeconds: number;
  /** How long a run takes, as `sleep` takes it. */
  readonly takes: string;
  readonly requires: readonly string[];
}

export const soakSkills = {
  'soak-quick': { everySeconds: 1, takes: '0', requires: [] },
  'soak-slow': { everySeconds: 1, takes: '0.4', requires: [] },
  'soak-remote': { everySeconds: 2, takes: '0.1', requires: ['gateway'] },
} as const satisfies Record<string, SoakSkill>;

export type SoakSkillName = keyof typeof soakSkills;
export const soakSkillNames = Object.keys(soakSkills) as readonly SoakSkillName[];
/** The one that clients ask for. */
export const askedSkill: SoakSkillName = 'soak-quick';

/** Schedules by skill, as a platform passes them on. */
export const soakSchedules: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(soakSkills).map(([name, { everySeconds }]) => [name, `every: ${everySeconds}s`]),
);

/** A line of a skill's own trail. */
export interface Trace {
  readonly what: 'begin' | 'end';
  readonly run: string;
  /** Due time of the slot, Unix ms; null for a run that was asked for. */
  readonly slot: number | null;
  readonly attempt: number;
}

/** Puts the skills into a home, each as a whole: a runtime that looks meanwhile sees it complete or not at all. */
export async function installSoakSkills(home: string): Promise<void> {
  await mkdir(join(home, 'soak'), { recursive: true });
  for (const name of soakSkillNames) {
    const unfinished = join(home, 'skills', `.${name}.new`);
    await mkdir(unfinished, { recursive: true });
    await writeFile(join(unfinished, 'SKILL.md'), skillFile(name, soakSkills[name]));
    await rename(unfinished, join(home, 'skills', name));
  }
}

/** Complete lines only; in the order in which they were written. */
export async function readTrail(home: string, skill: SoakSkillName): Promise<Trace[]> {
  const text = await readFile(trailOf(home, skill), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .flatMap((line) => {
      const [what, run = '', slot = '', attempt] = line.split(' ');
      if (what !== 'begin' && what !== 'end') return [];
      return { what, run, slot: slot === '-' ? null : Number(slot), attempt: Number(attempt) };
    });
}

function trailOf(home: string, skill: string): string {
  return join(home, 'soak', `${skill}.trail`);
}

/** `echo` of a line this short is one write to a file opened for appending: lines never mix. */
function skillFile(name: string, { takes, requires }: SoakSkill): string {
  const line = `"$OPENCLAW_RUN" "\${OPENCLAW_SLOT:--}" "$OPENCLAW_ATTEMPT" >>"$OPENCLAW_HOME/soak/${name}.trail"`;
  return `---
name: ${name}
description: Leaves a trail while layers are killed.
metadata:
  openclaw:
    command: |
      echo begin ${line}
      sleep ${takes}
      echo end ${line}
    timeout: 30s
    requires: [${requires.join(', ')}]
---
`;
}
