/** Reads a SKILL.md: YAML front matter in the Agent Skills form, our part of it under `metadata.openclaw`. */
import { type Document, LineCounter, parseDocument } from 'yaml';
import { parseSchedule, type Schedule } from '../schedule/schedule.ts';
import type { Skill } from './skill.ts';
import { firstLineOf, lineOf, problemOf, problemText, type SkillProblem } from './skill-problem.ts';
import { frontMatter, type WrittenSchedule } from './skill-schema.ts';

export type { Skill } from './skill.ts';
export { defaultTimeoutMs } from './skill-schema.ts';

/** What cannot be used as a skill, and why: `problem` is all of `problems` in one line. */
export interface BadSkill {
  readonly problem: string;
  readonly problems: readonly SkillProblem[];
}

/** What a slot may take to start beyond what its schedule and its jitter say. */
const startAllowanceMs = 5000;
const maxProblems = 10;

/** The skill, or everything that is wrong with its file. `scheduleOverride` takes the place of the file's; null is none. */
export function parseSkillFile(folder: string, text: string, scheduleOverride?: string | null): Skill | BadSkill {
  const yaml = /^\uFEFF?---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|$)/s.exec(text)?.[1];
  if (yaml === undefined)
    return bad([problemOf('SKILL.md has no front matter: begin it with a line "---", YAML, and a line "---"', 1)]);
  const lines = new LineCounter();
  const document = parseDocument(yaml, { logLevel: 'silent', lineCounter: lines });
  const lineOfKey = (path: readonly PropertyKey[]) => lineOf(document, path, lines, 2);
  const read = readFrontMatter(document, lineOfKey);
  if ('problem' in read) return read;
  const { name, description, metadata } = read.value;
  const { schedule, timezone, command, enabled, overlap, requires, ...rest } = metadata.openclaw;
  const problems: SkillProblem[] = [];
  if (name !== folder) {
    const message = `"${name}" is not the name of its folder, "${folder}": make them the same`;
    problems.push({ key: 'name', message, line: lineOfKey(['name']) });
  }
  let ownSchedule: Schedule | null = null;
  try {
    ownSchedule = scheduleOf(schedule, timezone, scheduleOverride);
  } catch (error) {
    const path = ['metadata', 'openclaw', 'schedule'];
    problems.push({ key: path.join('.'), message: firstLineOf(error), line: lineOfKey(path) });
  }
  if (problems.length > 0) return bad(problems);
  const gapMs = enabled ? (ownSchedule?.longestGapMs() ?? null) : null;
  return {
    name,
    description,
    command,
    enabled,
    overlap,
    requires,
    schedule: ownSchedule,
    timeoutMs: rest.timeout,
    graceMs: rest.grace,
    jitterMs: rest.jitter,
    catchUp: { policy: rest.catch_up.policy, windowMs: rest.catch_up.window },
    retries: { max: rest.retries.max, backoffMs: rest.retries.backoff },
    freshWithinMs: gapMs === null ? null : gapMs + rest.jitter + rest.timeout + startAllowanceMs,
  };
}

export function bad(problems: readonly SkillProblem[]): BadSkill {
  return { problem: problemText(problems), problems };
}

type LineOfKey = (path: readonly PropertyKey[]) => number | null;

function readFrontMatter(
  document: Document,
  lineOfKey: LineOfKey,
): { readonly value: ReturnType<typeof frontMatter.parse> } | BadSkill {
  const [broken] = document.errors;
  if (broken) {
    const message = `SKILL.md is not YAML: ${firstLineOf(broken)} (quote values that hold ":" or begin with "*": schedule: "every: 2s")`;
    return bad([problemOf(message, (broken.linePos?.[0].line ?? 0) + 1)]);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 20 });
  } catch (error) {
    return bad([problemOf(`SKILL.md is not YAML: ${firstLineOf(error)}`, 1)]);
  }
  const result = frontMatter.safeParse(value ?? {});
  if (result.success) return { value: result.data };
  const problems = result.error.issues.slice(0, maxProblems).map(({ path, message }) => ({
    key: path.map(String).join('.') || 'front matter',
    message,
    line: lineOfKey(path),
  }));
  return bad(problems);
}

function scheduleOf(
  written: WrittenSchedule | undefined,
  timezone: string | undefined,
  override: string | null | undefined,
): Schedule | null {
  // Looked at even if it is not taken: what is wrong with a file is wrong whatever it is overridden with.
  const own = written === undefined || written === '' ? null : parseSchedule(scheduleText(written), timezone);
  if (own === null && timezone !== undefined) throw new Error('is missing: timezone says where, but not when');
  if (override === undefined) return own;
  return override === null ? null : parseSchedule(override);
}

/** The one text that says the same. */
function scheduleText(written: WrittenSchedule): string {
  if (typeof written === 'string') return written;
  if ('every' in written) return `every: ${written.every}`;
  if ('at' in written) return `at: ${[written.at].flat().join(', ')}`;
  return written.timezone === undefined ? written.cron : `CRON_TZ=${written.timezone} ${written.cron}`;
}
