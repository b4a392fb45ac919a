/** The end of a gate: one line a scenario, and one sentence. */

import { stripVTControlCharacters } from 'node:util';
import type { Check } from '../plan/check.ts';
import { reasonOf } from '../run/gate.ts';
import type { RunResult } from '../run/run.ts';
import type { Colors } from './colors.ts';
import { isRecovery } from './result-table.ts';
import { outcomeWord } from './verdict-text.ts';

const widths = [15, 17, 13, 12] as const;
const header = ['', '', 'skill success', 'skill uptime', 'slowest recovery'] as const;

export function summaryLines(results: readonly RunResult[], planned: number, c: Colors): readonly string[] {
  const held = results.filter(({ verdict }) => verdict?.outcome === 'held').length;
  return [
    c.bold(columns(['Verdicts', ...header.slice(1)])),
    ...results.map((result) => columns(row(result, c))),
    ...(results.length < planned ? [c.yellow(`  ${planned - results.length} not run`)] : []),
    `${held} of ${planned} held`,
  ];
}

function row(result: RunResult, c: Colors): readonly string[] {
  const { plan, verdict, interrupted, error } = result;
  if (verdict === undefined) {
    const word = c.yellow(reasonOf(result).toUpperCase());
    return [`  ${word}`, plan.scenarioName, interrupted ? '' : (error?.message.split('\n')[0] ?? '')];
  }
  const slowest = extreme(result, Math.max, isRecovery);
  return [
    `  ${outcomeWord(verdict.outcome, c)}`,
    plan.scenarioName,
    ratio(extreme(result, Math.min, ({ category, unit }) => category === 'skill-success' && unit === 'ratio')),
    ratio(extreme(result, Math.min, ({ category, unit }) => category === 'skill-uptime' && unit === 'ratio')),
    slowest === undefined ? '–' : `${slowest.toFixed(3)} s`,
  ];
}

/** The worst of all values of the objectives that are meant; undefined if there is none. */
function extreme(
  { verdict }: RunResult,
  worst: (...values: number[]) => number,
  meant: (check: Check) => boolean,
): number | undefined {
  const values = (verdict?.results ?? [])
    .filter(({ check }) => check.kind === 'objective' && meant(check))
    .flatMap((result) => result.values.map(({ value }) => value));
  return values.length === 0 ? undefined : worst(...values);
}

function ratio(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(4)));
}

function columns(cells: readonly string[]): string {
  const padded = cells.map((cell, index) => {
    const shown = stripVTControlCharacters(cell).length;
    return cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - shown));
  });
  return padded.join(' ').trimEnd();
}
