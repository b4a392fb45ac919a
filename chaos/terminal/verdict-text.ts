/** A verdict as lines that a person reads: each objective with its value, its threshold and the query that was asked. */

import { type Check, demanded } from '../plan/check.ts';
import type { RunResult } from '../run/run.ts';
import type { CheckResult } from '../verdict/judge-check.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Colors } from './colors.ts';

const marks = { held: '✓', violated: '✗', 'no-data': '?' } as const;

export function verdictLines({ plan, verdict, runDir, error, interrupted, notUndone }: RunResult, c: Colors): string[] {
  const title = `${c.bold(plan.scenarioName)} on ${plan.target}: ${plan.scenario.title}`;
  const tail = [
    ...notUndone.map((fault) => c.red(`  still stands: ${fault}; run: npm run chaos -- recover`)),
    c.dim(`  evidence: ${runDir}`),
  ];
  if (verdict === undefined) {
    const why = interrupted ? 'interrupted' : (error?.message ?? 'no verdict');
    return [`${c.yellow(interrupted ? 'INTERRUPTED' : 'NO VERDICT')}  ${title}`, `  ${why}`, ...tail];
  }
  return [
    `${outcomeWord(verdict.outcome, c)}  ${title}`,
    ...reasonLines(verdict, c),
    ...resultLines(verdict, c),
    ...tail,
  ];
}

export function outcomeWord(outcome: Verdict['outcome'], c: Colors): string {
  if (outcome === 'held') return c.green('HELD');
  return outcome === 'broken' ? c.red('BROKEN') : c.yellow('INCONCLUSIVE');
}

function reasonLines({ outcome, reasons }: Verdict, c: Colors): string[] {
  if (outcome === 'held') return [];
  const deciding = reasons.filter(({ rule }) => rule === reasons[0]?.rule);
  return deciding.map(({ text, category }) => `  ${c.bold('because')} ${category}: ${text}`);
}

function resultLines({ results }: Verdict, c: Colors): string[] {
  const objectives = results.filter(({ check }) => check.kind === 'objective');
  const others = results.filter(({ check }) => check.kind !== 'objective');
  const unmet = others.filter(({ status }) => status !== 'held');
  const width = Math.max(0, ...objectives.map(({ check }) => nameOf(check).length));
  return [
    ...objectives.flatMap((result) => resultLine(result, width, c)),
    `  ${c.dim(`${others.length - unmet.length} of ${others.length} checks of the measurement and the experiment held`)}`,
    ...unmet.flatMap((result) => resultLine(result, width, c)),
  ];
}

function resultLine(result: CheckResult, width: number, c: Colors): string[] {
  const { check, status } = result;
  const mark =
    status === 'held'
      ? c.green(marks.held)
      : status === 'violated'
        ? c.red(marks.violated)
        : c.yellow(marks['no-data']);
  const wanted =
    check.demand.how === 'compare' ? demanded(check.demand.is, check.demand.threshold, check.unit) : check.demand.how;
  return [
    `  ${mark} ${nameOf(check).padEnd(width)}  ${valueText(result).padEnd(12)} ${c.dim('must be')} ${wanted}`,
    `      ${c.dim(check.query)}`,
  ];
}

/** Titles end with what is demanded, which stands in a column of its own here. */
function nameOf({ title, demand, unit }: Check): string {
  if (demand.how !== 'compare') return title;
  const wanted = ` ${demanded(demand.is, demand.threshold, unit)}`;
  return title.endsWith(wanted) ? title.slice(0, -wanted.length) : title;
}

/** The worst value first; how many series there are, if more than one. */
function valueText({ values, check, status, detail }: CheckResult): string {
  if (status === 'no-data') return `no data (${detail ?? ''})`;
  const [first] = values;
  if (first === undefined) return 'no data';
  const unit = check.unit === 'seconds' ? ' s' : '';
  const figure = `${Number(first.value.toPrecision(4))}${unit}`;
  return values.length === 1 ? figure : `${figure} (of ${values.length})`;
}
