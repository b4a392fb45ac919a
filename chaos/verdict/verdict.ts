/**
 * The verdict on a run. Pure: the same plan and evidence give the same verdict. In this order:
 * 1. a part of the harness was not sound: inconclusive;
 * 2. the experiment did not take place as planned: inconclusive;
 * 3. an objective is violated on complete data: broken, or inconclusive if the machine was starved meanwhile;
 * 4. an objective lacks complete data, or is not known exactly enough: inconclusive;
 * 5. held.
 */

import { exitCodes } from '../exit-codes.ts';
import { fieldPath } from '../input/problem.ts';
import type { CheckKind } from '../plan/check.ts';
import type { Plan } from '../plan/plan-shape.ts';
import { type Evidence, evidenceSchema } from './evidence.ts';
import { type CheckResult, judgeCheck, unobserved } from './judge-check.ts';
import { experimentReasons, harnessReasons, type Reason, recoveryReasons } from './verdict-reasons.ts';

export interface Verdict {
  readonly outcome: 'held' | 'broken' | 'inconclusive';
  /** 0 held, 1 broken, 2 inconclusive; 4 whatever the outcome if a fault could not be undone. */
  readonly exitCode: number;
  /** Those of the rule that decided come first. */
  readonly reasons: readonly Reason[];
  /** One for each check of the plan, in its order. */
  readonly results: readonly CheckResult[];
}

export function judge(plan: Plan, given: unknown): Verdict {
  const parsed = evidenceSchema.safeParse(given);
  if (!parsed.success) {
    const reasons = parsed.error.issues.map(({ path, message }): Reason => {
      return { rule: 1, category: 'journal', text: `evidence: ${fieldPath(path)}: ${message}` };
    });
    return { outcome: 'inconclusive', exitCode: exitCodes.inconclusive, reasons, results: [] };
  }
  const evidence: Evidence = parsed.data;
  const results = plan.checks.map((check) => judgeCheck(check, plan, evidence));
  const reasons = [
    ...harnessReasons(plan, evidence, results),
    ...experimentReasons(plan, evidence, results),
    ...excused(violations(results), evidence),
    ...recoveryReasons(plan, evidence),
    ...gaps(results),
  ].sort((a, b) => a.rule - b.rule);
  const rule = reasons[0]?.rule ?? 5;
  // Without a steady state nothing else was tried: that is what a reader must see first.
  if (evidence.steadyState?.reached === false) reasons.sort((a, b) => Number(isUnsteady(b)) - Number(isUnsteady(a)));
  const outcome = rule === 5 ? 'held' : rule === 3 ? 'broken' : 'inconclusive';
  const stands = evidence.entries.some(({ undone }) => undone === false);
  return { outcome, exitCode: stands ? exitCodes.notUndone : exitCodes[outcome], reasons, results };
}

function isUnsteady({ rule, category, checkId }: Reason): boolean {
  return rule === 2 && category === 'steady-state' && checkId === undefined;
}

function violations(results: readonly CheckResult[]): readonly Reason[] {
  return results
    .filter(({ check, status }) => check.kind === 'objective' && status === 'violated')
    .map(({ check, values }) => ({
      rule: 3,
      category: check.category,
      checkId: check.id,
      text: `${check.violated ?? check.title}: ${valuesText(values)}`,
    }));
}

/** What is violated while the machine was starved is no proof against the system. What held all the same held. */
function excused(violated: readonly Reason[], { starved }: Evidence): readonly Reason[] {
  if (violated.length === 0 || starved.length === 0) return violated;
  const seconds = starved.reduce((sum, { from, to }) => sum + to - from, 0) / 1_000;
  const worst = Math.max(...starved.map(({ share }) => share));
  const text = `for ${seconds.toFixed(0)} s processes of this machine waited for a processor ${(100 * worst).toFixed(0)} % of the time: what is violated may be its doing`;
  return [{ rule: 2, category: 'machine', text }, ...violated];
}

function gaps(results: readonly CheckResult[]): readonly Reason[] {
  return results
    .filter(({ check, status, detail }) => isGap(check.kind, status) && detail !== unobserved)
    .map(({ check, detail, values }) => ({
      rule: 4,
      category: check.category,
      checkId: check.id,
      text: `${check.title}: ${detail ?? valuesText(values)}`,
    }));
}

/** Nothing is known, or not well enough. */
function isGap(kind: CheckKind, status: CheckResult['status']): boolean {
  return kind === 'objective' ? status === 'no-data' : kind === 'precision' && status !== 'held';
}

function valuesText(values: CheckResult['values']): string {
  return values
    .filter(({ held }) => !held)
    .map(({ labels, value }) => [...Object.values(labels), Number(value.toPrecision(6))].join(' '))
    .join(', ');
}
