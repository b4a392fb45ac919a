/** Reads a SKILL.md: YAML front matter in the Agent Skills form, our part of it under `metadata.openclaw`. */
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { parseSchedule, type Schedule } from '../schedule/schedule.ts';
import { durationMs } from './duration.ts';

export interface Skill {
  readonly name: string;
  readonly description: string;
  /** Null: the skill runs only when it is asked for. */
  readonly schedule: Schedule | null;
  /** argv; a command written as one string is run by `/bin/sh -c`. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly requires: readonly Requirement[];
}

type Requirement = (typeof requirements)[number];

const requirements = ['gateway'] as const;
const defaultTimeout = '5m';
export const defaultTimeoutMs = 300_000;
const maxTimeoutMs = 86_400_000;

const commandText = z
  .string('is missing: write what to run, such as "command: node run.mjs"')
  .trim()
  .min(1, 'is empty')
  .max(4096);

const ours = z.strictObject(
  {
    schedule: z
      .union(
        [z.string().max(200), z.strictObject({ every: z.string() }).transform(({ every }) => `every: ${every}`)],
        'must be a text: cron such as "*/5 * * * *", or "every: 2s"',
      )
      .optional(),
    command: z
      .union(
        [commandText, z.array(z.string().min(1).max(4096)).min(1).max(100)],
        'is missing: write what to run, such as "command: node run.mjs"',
      )
      .transform((command) => (typeof command === 'string' ? ['/bin/sh', '-c', command] : command)),
    timeout: z
      .string('must be a duration such as 30s')
      .default(defaultTimeout)
      .transform((text, context) => {
        const value = durationMs(text);
        if (value !== undefined && value > 0 && value <= maxTimeoutMs) return value;
        context.addIssue(`"${text}" is no duration from 1ms to 1d: write it such as 30s`);
        return z.NEVER;
      }),
    requires: z
      .array(z.enum(requirements, `knows only: ${requirements.join(', ')}`), 'must be a list, such as [gateway]')
      .max(10)
      .default([]),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has unknown keys (${issue.keys.join(', ')}): there are schedule, command, timeout, requires`
        : 'is missing: it holds schedule, command, timeout, requires',
  },
);

/** The Agent Skills form: further top-level keys (license, compatibility …) are allowed. */
const frontMatter = z.looseObject({
  name: z
    .string('is missing: write the name of the folder')
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case letters, digits and single hyphens')
    .max(64),
  description: z.string('is missing: say what the skill does and when to use it').trim().min(1, 'is empty').max(1024),
  metadata: z.looseObject({ openclaw: ours }, 'is missing: it holds "openclaw:" with schedule and command'),
});

/** The skill, or everything that is wrong with its file in one line. `scheduleOverride` takes the place of the file's; null is none. */
export function parseSkillFile(
  folder: string,
  text: string,
  scheduleOverride?: string | null,
): Skill | { readonly problem: string } {
  const yaml = /^\uFEFF?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)/s.exec(text)?.[1];
  if (yaml === undefined)
    return { problem: 'SKILL.md has no front matter: begin it with a line "---", YAML, and a line "---"' };
  const document = parseDocument(yaml, { logLevel: 'silent' });
  const broken = document.errors[0];
  if (broken)
    return {
      problem: `SKILL.md is not YAML: ${oneLine(broken.message)} (quote values that hold ":" or begin with "*": schedule: "every: 2s")`,
    };
  const parsed = readFrontMatter(document.toJS.bind(document));
  if ('problem' in parsed) return parsed;
  const { name, description, metadata } = parsed.value;
  if (name !== folder)
    return { problem: `name: "${name}" is not the name of its folder, "${folder}": make them the same` };
  const { schedule, command, timeout: timeoutMs, requires } = metadata.openclaw;
  try {
    return {
      name,
      description,
      command,
      timeoutMs,
      requires,
      schedule: scheduleOf(schedule, scheduleOverride),
    };
  } catch (error) {
    return {
      problem: `metadata.openclaw.schedule: ${oneLine(error instanceof Error ? error.message : String(error))}`,
    };
  }
}

function scheduleOf(written: string | undefined, override: string | null | undefined): Schedule | null {
  // Looked at even if it is not taken: what is wrong with a file is wrong whatever it is overridden with.
  const own = written ? parseSchedule(written) : null;
  if (override === undefined) return own;
  return override === null ? null : parseSchedule(override);
}

function readFrontMatter(
  toJs: (options: { maxAliasCount: number }) => unknown,
): { value: z.output<typeof frontMatter> } | { problem: string } {
  let value: unknown;
  try {
    value = toJs({ maxAliasCount: 20 });
  } catch (error) {
    return { problem: `SKILL.md is not YAML: ${oneLine(error instanceof Error ? error.message : String(error))}` };
  }
  const result = frontMatter.safeParse(value ?? {});
  if (result.success) return { value: result.data };
  const problems = result.error.issues
    .slice(0, 10)
    .map((issue) => `${issue.path.map(String).join('.') || 'front matter'}: ${issue.message}`);
  return { problem: problems.join('; ') };
}

function oneLine(message: string): string {
  return message.split('\n', 1)[0]?.trim() ?? '';
}
