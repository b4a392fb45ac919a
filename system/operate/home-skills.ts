/** What a home's files tell of its skills, whether or not anything runs: each SKILL.md, and its status file beside it. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseSkillFile } from '../runtime/skills/skill-file.ts';
import { parseStatus } from '../runtime/status/status-line.ts';
import type { SeenSkill } from './judge-skill.ts';

export interface HomeSkill extends SeenSkill {
  readonly name: string;
}

/** Undefined if the home has no folder of skills that can be read. */
export function homeSkills(home: string): readonly HomeSkill[] | undefined {
  const folder = join(home, 'skills');
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && !/^(\.|status$)/.test(entry.name))
      .map(({ name }) => homeSkill(folder, name))
      .sort((a, b) => a.name.localeCompare(b.name));
  } catch {
    return undefined;
  }
}

/** When its SKILL.md was written; null if there is none. */
export function installedAt(home: string, name: string): number | null {
  return writtenAt(join(home, 'skills', name, 'SKILL.md'));
}

function homeSkill(folder: string, name: string): HomeSkill {
  const file = join(folder, name, 'SKILL.md');
  const text = textOf(file);
  const skill = text === undefined ? { problem: 'SKILL.md cannot be read' } : parseSkillFile(name, text);
  const plan =
    'problem' in skill
      ? { enabled: true, schedule: null, freshWithinMs: null, nextDueAt: null, problem: skill.problem }
      : {
          enabled: skill.enabled,
          schedule: skill.schedule?.text ?? null,
          freshWithinMs: skill.freshWithinMs,
          nextDueAt: skill.schedule?.next(Date.now()) ?? null,
          problem: null,
        };
  const unsaid = { fresh: null, lastGoodRuns: false, startedAt: null };
  return { name, ...plan, ...lastWord(folder, name), installedAt: writtenAt(file), ...unsaid };
}

/** The file holds the last thing that happened only: a success is known of if it was that. */
function lastWord(folder: string, name: string) {
  const { status, timestamp } = parseStatus(textOf(join(folder, 'status', `${name}.txt`)) ?? '');
  const at = Date.parse(timestamp ?? '');
  const isRun = status !== undefined && !['deferred', 'problem', 'ready'].includes(status) && !Number.isNaN(at);
  return {
    lastOutcome: isRun ? status : null,
    lastFinishedAt: isRun ? at : null,
    lastSuccessAt: isRun && status === 'succeeded' ? at : null,
    failures: 0,
    deferred: status === 'deferred' ? 1 : 0,
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function writtenAt(file: string): number | null {
  try {
    return Math.round(statSync(file).mtimeMs);
  } catch {
    return null;
  }
}
