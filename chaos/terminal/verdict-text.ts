/** A verdict as lines that a person reads: why it is so, then each objective with its value, what it must be, and the query that was asked. */

import { ChaosError } from '../errors.ts';
import type { RunResult } from '../run/run.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { alertsLine } from './alerts-text.ts';
import type { Colors } from './colors.ts';
import { gapsIn } from './gaps.ts';
import { independenceText } from './independence-text.ts';
import { resultTable } from './result-table.ts';

/** One sentence that is true of more checks than this is said once for all of them. */
const maxAlike = 2;

export function verdictLines(result: RunResult, columns: number, c: Colors): readonly string[] {
  const { plan, verdict, independence, runDir, notUndone } = result;
  const title = `${c.bold(plan.scenarioName)} on ${plan.target}: ${plan.scenario.title}`;
  const tail = [
    ...notUndone.map((fault) => c.red(`  still stands: ${fault}; run: npm run chaos -- recover`)),
    c.dim(`  evidence: ${runDir}`),
  ];
  if (verdict === undefined) return [...withoutVerdict(result, title, c), ...tail];
  const { results } = verdict;
  const objectives = results.filter(({ check }) => check.kind === 'objective');
  const others = results.filter(({ check }) => check.kind !== 'objective');
  const unmet = others.filter(({ status }) => status !== 'held');
  return [
    `${outcomeWord(verdict.outcome, c)}  ${title}`,
    ...reasonLines(verdict, c),
    ...resultTable([...objectives, ...unmet], results, columns, c),
    ...alertsLine(plan, verdict),
    ...(independence === undefined ? [] : [`  ${independenceText(independence)}`]),
    c.dim(`  ${others.length - unmet.length} of ${others.length} checks of the measurement and the experiment held`),
    ...tail,
  ];
}

export function outcomeWord(outcome: Verdict['outcome'], c: Colors): string {
  if (outcome === 'held') return c.green('HELD');
  return outcome === 'broken' ? c.red('BROKEN') : c.yellow('INCONCLUSIVE');
}

/** Why there is nothing to judge, and what can be done about it. */
function withoutVerdict({ interrupted, error, notUndone }: RunResult, title: string, c: Colors): readonly string[] {
  if (interrupted) {
    const cleared =
      notUndone.length === 0 ? 'every fault is undone, and what was started is removed' : 'not all undone';
    return [`${c.yellow('INTERRUPTED')}  ${title}`, `  ${cleared}`];
  }
  return [
    `${c.yellow('NO VERDICT')}  ${title}`,
    `  ${error?.message ?? 'the run ended without one'}`,
    ...(error instanceof ChaosError && error.mend !== undefined ? [`  ${error.mend}`] : []),
  ];
}

/** Those of the rule that decided; where the same is wrong with many checks, it is said once. */
function reasonLines({ outcome, reasons, results }: Verdict, c: Colors): readonly string[] {
  if (outcome === 'held') return [];
  const deciding = reasons.filter(({ rule }) => rule === reasons[0]?.rule);
  const ids = new Set(deciding.map(({ checkId }) => checkId));
  const common = gapsIn(results.filter(({ check }) => ids.has(check.id))).filter(
    (gap) => gap.checkIds.length > maxAlike,
  );
  const saidOnce = new Set(common.flatMap(({ checkIds }) => checkIds));
  return [
    ...deciding
      .filter(({ checkId = '' }) => !saidOnce.has(checkId))
      .map(({ category, text }) => `${category}: ${text}`),
    ...common.map(({ text, checkIds }) => `${checkIds.length} checks have no complete answer: ${text}`),
  ].map((why) => `  ${c.bold('because')} ${why}`);
}
