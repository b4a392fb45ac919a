/** What `doctor` found, as lines of at most 80 columns. Pure. */
import { type Candidate, type Choice, platformTitles } from '../platform/choose.ts';
import type { Need, PlatformName } from '../platform/platform.ts';
import type { Machine } from '../run/worker-count.ts';
import type { Colors } from './colors.ts';
import { counted } from './event-text.ts';

export interface Examination {
  readonly platforms: readonly Candidate[];
  readonly choice: Choice;
  readonly machine: Machine;
  readonly tools: readonly Need[];
  /** Of the platforms that can run here. */
  readonly workers: readonly { readonly name: PlatformName; readonly workers: number }[];
  readonly references: readonly Need[];
}

const widest = 80;

export function doctorLines(found: Examination, columns: number, c: Colors): readonly string[] {
  const width = Math.min(columns, widest);
  const { platforms, choice, machine, tools, workers, references } = found;
  const needs = (all: readonly Need[], indent: number) => all.flatMap((need) => needLines(need, indent, width, c));
  const taken = choice.usable ? `auto takes ${choice.name}` : 'No platform can run here';
  const memory = `${(machine.freeBytes / 2 ** 30).toFixed(1)} GiB of memory free`;
  return [
    c.bold('Platforms'),
    ...platforms.flatMap(({ name, needs: its }) => [
      `  ${c.bold(name.padEnd(6))}  ${platformTitles[name]}`,
      ...needs(its, 4),
    ]),
    '',
    ...wrapped(`${taken}: ${choice.why}`, '', '', width).map((line) => (choice.usable ? c.green(line) : c.red(line))),
    '',
    c.bold('This machine'),
    ...needs(tools, 2),
    `  ${c.dim('·')} ${counted(machine.cores, 'core')}, ${memory}`,
    ...workers.map(({ name, workers: count }) => `  ${c.dim('·')} --workers ${count} by default on ${name}`),
    '',
    ...wrapped(
      'The originals, to which the embedded servers are held by npm test; no scenario needs them',
      '',
      '',
      width,
    ).map(c.bold),
    ...needs(references, 2),
  ];
}

function needLines({ state, text, mend }: Need, indent: number, width: number, c: Colors): readonly string[] {
  const margin = ' '.repeat(indent);
  const marks = { met: c.green('✓'), lacking: c.yellow('–'), unmet: c.red('✗') };
  const [first = '', ...rest] = wrapped(text, `${margin}? `, `${margin}  `, width);
  const mends = mend === undefined ? [] : wrapped(mend, `${margin}  → `, `${margin}    `, width);
  return [first.replace('?', marks[state]), ...rest, ...mends];
}

/** Words that are longer than a line stand on one of their own. */
function wrapped(text: string, first: string, others: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}
