/** The end of a gate: one line a scenario, and one sentence. */

import type { CheckCategory } from '../plan/check.ts';
import { reasonOf } from '../run/gate.ts';
import type { RunResult } from '../run/run.ts';
import type { Colors } from './colors.ts';
import { outcomeWord } from './verdict-text.ts';

export function summaryLines(results: readonly RunResult[], planned: number, c: Colors): string[] {
  const rows = results.map((result) => row(result, c));
  const held = results.filter(({ verdict }) => verdict?.outcome === 'held').length;
  return [
    c.bold('Verdicts'),
    ...rows,
    ...(results.length < planned ? [c.yellow(`  ${planned - results.length} not run`)] : []),
    `${held} of ${planned} held`,
  ];
}

function row(result: RunResult, c: Colors): string {
  const { plan, verdict } = result;
  const word = verdict === undefined ? c.yellow(reasonOf(result).toUpperCase()) : outcomeWord(verdict.outcome, c);
  const pad = ' '.repeat(Math.max(0, 13 - plain(word).length));
  const recovery = worst(result, 'recovery');
  const figures = [
    `skill success ${figure(worst(result, 'skill-success'))}`,
    `uptime ${figure(worst(result, 'skill-uptime'))}`,
    `slowest recovery ${recovery === undefined ? '–' : `${recovery.toFixed(3)} s`}`,
  ];
  return `  ${word}${pad} ${plan.scenarioName.padEnd(20)} ${figures.join(', ')}`;
}

/** The worst value of a category: the largest recovery, the smallest ratio. */
function worst({ verdict }: RunResult, category: CheckCategory): number | undefined {
  const values = (verdict?.results ?? [])
    .filter(({ check }) => check.category === category && check.kind === 'objective')
    .filter(({ check }) => check.unit === (category === 'recovery' ? 'seconds' : 'ratio'))
    .flatMap((result) => result.values.map(({ value }) => value));
  if (values.length === 0) return undefined;
  return category === 'recovery' ? Math.max(...values) : Math.min(...values);
}

function figure(value: number | undefined): string {
  return value === undefined ? '–' : String(Number(value.toPrecision(4)));
}

/** Without colour codes, to count characters. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a colour code begins with
  return text.replace(/\x1b\[\d+m/g, '');
}
