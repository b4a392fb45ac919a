/** The part of the terminal that is redrawn while several runs go on side by side: one or two lines a run, and how many are left. Pure. */
import { vantages } from '../../metrics/vocabulary.ts';
import type { Snapshot } from '../observe/snapshot.ts';
import { clip } from './clip.ts';
import type { Colors } from './colors.ts';
import { stageLine } from './event-text.ts';
import { faultsText, frameLines, mark, seconds } from './live-frame.ts';
import type { Frame } from './run-state.ts';

export interface Gate {
  readonly running: readonly Frame[];
  readonly done: number;
  readonly planned: number;
}

export interface Screen {
  readonly columns: number;
  readonly rows: number;
}

/** Lines of which none is wider than the terminal, and no more than it has: others would be counted wrongly when they are erased. */
export function gateLines(gate: Gate, { columns, rows }: Screen, c: Colors): readonly string[] {
  const { running } = gate;
  const [only, ...others] = running;
  const alone = only !== undefined && others.length === 0 ? [...frameLines(only, c), ...footer(gate, c)] : undefined;
  const layouts = [
    ...(alone === undefined ? [] : [alone]),
    ['', ...running.flatMap((frame) => [headLine(frame, running, c), stateLine(frame, c)]), ...footer(gate, c)],
    [...running.map((frame) => headLine(frame, running, c)), ...footer(gate, c)],
  ];
  const fitting = layouts.find((lines) => lines.length < rows) ?? layouts.at(-1) ?? [];
  return fitting.slice(0, Math.max(1, rows - 1)).map((line) => clip(line, columns));
}

function headLine({ plan, stage, activity, faults, elapsedMs }: Frame, all: readonly Frame[], c: Colors): string {
  const width = Math.max(...all.map((frame) => frame.plan.scenarioName.length));
  const doing = faults.length === 0 ? activity || stageLine(stage) : c.red(faultsText(faults));
  return `${c.bold(plan.scenarioName)}${' '.repeat(width - plan.scenarioName.length)} ${seconds(elapsedMs)}  ${doing}`;
}

function stateLine({ stage, snapshot }: Frame, c: Colors): string {
  return snapshot === undefined || stage === 'removing' ? '' : `  ${stateText(snapshot, c)}`;
}

/** For each layer a mark as the user sees it, and one as the observer does; of all slots due, those that were executed in time. */
function stateText({ layers, skills, user, operatorSaid }: Snapshot, c: Colors): string {
  const all = Object.values(skills);
  const sum = (what: 'due' | 'inTime') => all.reduce((total, skill) => total + skill[what], 0);
  const slots = `skills ${sum('inTime')}/${sum('due')}`;
  const failing = all.some(({ last }) => last === 'missed' || last === 'late');
  return [
    ...Object.entries(layers).map(
      ([layer, seen]) =>
        `${layer} ${vantages.map((vantage) => (seen[vantage] ? mark(seen[vantage], c) : '')).join('')}`,
    ),
    failing ? c.red(slots) : slots,
    ...(user === undefined ? [] : [`user ${mark(user.connected ? 'ok' : 'bad', c)}`]),
    ...(operatorSaid === undefined ? [] : [`shell ${operatorSaid}`]),
  ].join('  ');
}

function footer({ running, done, planned }: Gate, c: Colors): readonly string[] {
  if (planned === 1) return [];
  const waiting = planned - done - running.length;
  return [c.dim(`${done} of ${planned} done${waiting === 0 ? '' : `, ${waiting} waiting`}`)];
}
