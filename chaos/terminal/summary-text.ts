/** The end of a gate: one line a scenario, and one sentence. */

import { stripVTControlCharacters } from 'node:util';
import type { Check } from '../plan/check.ts';
import { reasonOf } from '../run/gate.ts';
import type { RunResult } from '../run/run.ts';
import type { PlayedRun } from '../run/worker/messages.ts';
import type { Colors } from './colors.ts';
import { isRecovery } from './result-table.ts';
import { outcomeWord } from './verdict-text.ts';

const widths = [15, 17, 13, 12] as const;
/** Seconds for a second of work: from here on, what the system did late says as much of the machine as of the system. */
const shortOfCores = 2;
const header = ['', '', 'skill success', 'skill uptime', 'slowest recovery'] as const;

export function summaryLines(results: readonly PlayedRun[], planned: number, c: Colors): readonly string[] {
  const held = results.filter(({ verdict }) => verdict?.outcome === 'held').length;
  return [
    c.bold(columns(['Verdicts', ...header.slice(1)])),
    ...results.map((result) => columns(row(result, c))),
    ...(results.length < planned ? [c.yellow(`  ${planned - results.length} not run`)] : []),
    ...strainLines(results, c),
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

/** Whether so many side by side was honest. */
function strainLines(results: readonly PlayedRun[], c: Colors): readonly string[] {
  const strains = results.flatMap(({ strain }) => strain ?? []);
  if (strains.length === 0) return [];
  const lagMs = Math.round(Math.max(...strains.map(({ maxLagMs }) => maxLagMs)));
  const stretch = Math.max(...strains.map((strain) => strain.stretch ?? 0));
  const work = stretch === 0 ? '' : `, and ${stretch.toFixed(1)} s for a second of work`;
  return [
    c.dim(`  the harness, while it observed: at most ${lagMs} ms of lag${work}`),
    ...(stretch >= shortOfCores && results.some(({ verdict }) => verdict?.outcome !== 'held')
      ? [c.yellow('  the machine was short of CPU: what did not hold may not have for want of it; try fewer --workers')]
      : []),
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
