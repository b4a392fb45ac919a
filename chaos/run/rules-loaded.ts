/** Waits until Prometheus evaluates every rule that it was given: an alert that nobody evaluates is silent for another reason. */
import { setTimeout as delay } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { RuleFile } from '../../metrics/rules/rule-files.ts';
import { nowMs } from '../observe/clock.ts';
import { type RuleGroup, rulesOf } from '../verdict/prometheus-rules.ts';

const pollMs = 200;
const withinMs = 10_000;
const answerWithinMs = 2_000;
/** A group that is evaluated less often than this need only be there: its first turn may come after the run. */
const slowestSeconds = 5;

const file = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(z.object({ alert: z.string().optional(), record: z.string().optional() })),
    }),
  ),
});

/** What keeps the rules from being evaluated, after 10 s; undefined as soon as nothing does. */
export async function untilRulesLoaded(
  prometheusUrl: string,
  files: readonly RuleFile[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const deadlineMs = nowMs() + withinMs;
  for (;;) {
    const answer = await rulesOf(prometheusUrl, answerWithinMs);
    const problem = 'problem' in answer ? answer.problem : lackOf(files, answer.groups);
    if (problem === undefined || nowMs() >= deadlineMs) return problem;
    await delay(pollMs, undefined, { signal });
  }
}

/** The first rule that is not there, or not healthy; undefined if there is none. */
export function lackOf(files: readonly RuleFile[], groups: readonly RuleGroup[]): string | undefined {
  for (const { name, text } of files) {
    const parsed = file.safeParse(parse(text));
    if (!parsed.success) return `${name} is no file of rules`;
    for (const wanted of parsed.data.groups) {
      const problem = groupProblem(wanted, groups);
      if (problem !== undefined) return `${name}: ${problem}`;
    }
  }
  return undefined;
}

function groupProblem(
  wanted: z.infer<typeof file>['groups'][number],
  groups: readonly RuleGroup[],
): string | undefined {
  const group = groups.find(({ name }) => name === wanted.name);
  if (group === undefined) return `the group ${wanted.name} is not loaded`;
  for (const { alert, record } of wanted.rules) {
    const rule = group.rules.find(({ name }) => name === (alert ?? record));
    if (rule === undefined) return `the rule ${alert ?? record} is not loaded`;
    if (rule.health === 'err') return `the rule ${rule.name} cannot be evaluated: ${rule.lastError}`;
    if (rule.health === 'unknown' && group.intervalSeconds <= slowestSeconds) {
      return `the rule ${rule.name} is not evaluated`;
    }
  }
  return undefined;
}
