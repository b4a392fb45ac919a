/** What the runtime tells of its skills, for `skill list` and `skill show`; as text. */
import type { Operated } from './addresses.ts';
import { duration, relative } from './ages.ts';
import { ask } from './ask.ts';
import { CommandError, invalid } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import { fromRuntime } from './health-skills.ts';
import { heading, stateText } from './health-text.ts';
import { nobodyAnswers, type Run, whyNot } from './runs-of.ts';
import { type RuntimeSkill, runtimeSkills } from './runtime-skills.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

const timeoutMs = 5000;

/** Throws CommandError. */
export async function allSkills({ urls, token }: Operated): Promise<readonly RuntimeSkill[]> {
  const answer = await ask(`${urls.runtime}/v1/skills`, { timeoutMs, token });
  const told = answer.ok && answer.status === 200 ? runtimeSkills.safeParse(answer.body).data : undefined;
  if (told === undefined)
    throw new CommandError(`${whyNot('runtime', answer)} (is "npm start" running?)`, nobodyAnswers);
  return told.skills;
}

export function named(name: string, skills: readonly RuntimeSkill[]): RuntimeSkill {
  const found = skills.find((skill) => skill.name === name);
  if (found !== undefined) return found;
  throw new CommandError(
    `there is no skill "${name}": ${didYouMean(
      name,
      skills.map((skill) => skill.name),
    )}`,
    invalid,
  );
}

export function listText(skills: readonly RuntimeSkill[], where: Operated, now: number, style: Style): string {
  if (skills.length === 0) return 'No skills: put a folder with a SKILL.md into the home\'s "skills" folder.';
  const rows = skills.map((skill) => {
    const { state, reason } = fromRuntime(skill, where, now);
    const { name, schedule, enabled, lastRun, nextDueAt } = skill;
    const last = lastRun === null ? '–' : `${lastRun.outcome ?? 'running'} ${relative(lastRun.finishedAt, now)}`;
    const when = schedule ?? 'on request';
    return [
      name,
      enabled ? when : `${when} (disabled)`,
      stateText(state, style),
      last,
      relative(nextDueAt, now),
      reason ?? '',
    ];
  });
  return table([heading(style, 'skill', 'schedule', 'state', 'last run', 'next due', ''), ...rows]);
}

export function showText(skill: RuntimeSkill, where: Operated, now: number, style: Style): string {
  const { state, reason } = fromRuntime(skill, where, now);
  const { lastRun, catchUp, retries, freshWithinMs, timeoutMs: timeout, missed } = skill;
  const lost = Object.entries(missed).map(([why, slots]) => `${slots} ${why}`);
  const facts: readonly (readonly [string, string | null])[] = [
    ['state', stateText(state, style) + (reason === null ? '' : `: ${reason}`)],
    ['description', skill.description],
    ['schedule', `${skill.schedule ?? 'on request'}${skill.enabled ? '' : ' (disabled)'}`],
    ['next due', skill.nextDueAt === null ? null : `${timeText(skill.nextDueAt)} (${relative(skill.nextDueAt, now)})`],
    ['last run', lastRun && `${lastRun.id}: ${lastRun.outcome ?? 'running'} ${relative(lastRun.finishedAt, now)}`],
    ['', lastRun && endText(lastRun)],
    [
      'last success',
      skill.lastSuccessAt === null ? null : `${timeText(skill.lastSuccessAt)} (${relative(skill.lastSuccessAt, now)})`,
    ],
    ['fresh within', freshWithinMs === null ? null : duration(freshWithinMs)],
    ['running', skill.running],
    ['waiting', `${skill.queued} queued, ${skill.deferred} deferred`],
    ['failures', skill.consecutiveFailures === 0 ? null : `${skill.consecutiveFailures} in a row`],
    ['backs off', skill.backoffUntil === null ? null : `until ${timeText(skill.backoffUntil)}`],
    ['missed slots', lost.length === 0 ? null : lost.join(', ')],
    ['requires', skill.requires.join(', ')],
    ['overlap', skill.overlap],
    ['catch-up', catchUp && `${catchUp.policy}, within ${duration(catchUp.windowMs)}`],
    ['retries', retries && String(retries.max)],
    ['timeout', timeout === null ? null : duration(timeout)],
  ];
  const rows = facts.flatMap(([title, value]) =>
    value === null || value === '' ? [] : [[style('dim', title), value]],
  );
  return `${style('bold', skill.name)}\n${table(rows)}`;
}

export function runsText(runs: readonly Run[], now: number, style: Style): string {
  const rows = runs.map((run) => {
    const { id, attempt, state, outcome, startedAt, finishedAt } = run;
    const took = startedAt !== null && finishedAt !== null ? `${((finishedAt - startedAt) / 1000).toFixed(1)} s` : '';
    return [
      id,
      String(attempt),
      outcomeText(outcome ?? state, style),
      relative(finishedAt ?? startedAt, now),
      took,
      endText(run),
    ];
  });
  return table([heading(style, 'run', 'attempt', 'outcome', 'when', 'took', ''), ...rows]);
}

export function outcomeText(outcome: string, style: Style): string {
  if (outcome === 'succeeded') return style('green', outcome);
  return ['failed', 'timed-out', 'interrupted', 'unknown'].includes(outcome) ? style('red', outcome) : outcome;
}

/** How its process ended, if not well. */
export function endText({ reason, exitCode, signal }: Pick<Run, 'reason' | 'exitCode' | 'signal'>): string {
  if (reason !== null) return reason;
  if (signal !== null) return signal;
  return exitCode === null || exitCode === 0 ? '' : `exit code ${exitCode}`;
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
