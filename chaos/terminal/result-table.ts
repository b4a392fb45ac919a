/** Checks as a table: what was asked, the value, what it must be; each with its query, dimmed, on a line of its own. Pure. */
import { type Check, demanded } from '../plan/check.ts';
import type { CheckResult } from '../verdict/judge-check.ts';
import type { Colors } from './colors.ts';
import { gapsIn } from './gaps.ts';

const queryIndent = ' '.repeat(6);
const header = { name: 'objective', value: 'value', wanted: 'must be' } as const;

/**
 * Why there is no data stands below the table, once for all checks that lack it for the same reason. `all` results tell how exact
 * those are that are shown.
 */
export function resultTable(
  results: readonly CheckResult[],
  all: readonly CheckResult[],
  columns: number,
  c: Colors,
): readonly string[] {
  if (results.length === 0) return [];
  const gaps = gapsIn(results);
  const [gap] = gaps;
  if (gap !== undefined && gap.checkIds.length === results.length) {
    return [`  ${c.yellow('?')} no data for any of ${results.length} checks: ${gap.text}`];
  }
  const rows = results.map((result) => {
    const gapIndex = gaps.findIndex(({ checkIds }) => checkIds.includes(result.check.id));
    const value = gapIndex === -1 ? valueText(result, all) : `no data [${gapIndex + 1}]`;
    return { result, name: nameOf(result.check), value, wanted: wantedOf(result.check) };
  });
  const nameWidth = Math.max(...[header, ...rows].map(({ name }) => name.length));
  const valueWidth = Math.max(...[header, ...rows].map(({ value }) => value.length));
  const line = (mark: string, { name, value, wanted }: { name: string; value: string; wanted: string }) =>
    `  ${mark} ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${wanted}`;
  return [
    c.dim(line(' ', header)),
    ...rows.flatMap((row) => [
      line(markOf(row.result, c), row),
      ...wrapped(row.result.check.query, columns - queryIndent.length).map((part) => c.dim(queryIndent + part)),
    ]),
    ...gaps.map(({ text, checkIds }, index) => {
      return `  no data [${index + 1}]: ${text}${checkIds.length > 1 ? `, ${checkIds.length} times` : ''}`;
    }),
  ];
}

/** Broken after a space, a comma or a bracket, where PromQL does not mind: what is copied from the terminal can be asked again. */
function wrapped(query: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of query.match(/[^ ,(]+[ ,(]*|[ ,(]+/g) ?? []) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.trimEnd().length <= columns) lines[lines.length - 1] = last + word;
    else lines.push(word);
  }
  return lines.map((line) => line.trimEnd());
}

function markOf({ status }: CheckResult, c: Colors): string {
  if (status === 'held') return c.green('✓');
  return status === 'violated' ? c.red('✗') : c.yellow('?');
}

/** Titles end with what is demanded, which stands in a column of its own here. */
function nameOf({ title, demand, unit }: Check): string {
  if (demand.how !== 'compare') return title;
  const wanted = ` ${demanded(demand.is, demand.threshold, unit)}`;
  return title.endsWith(wanted) ? title.slice(0, -wanted.length) : title;
}

function wantedOf({ demand, unit }: Check): string {
  if (demand.how === 'compare') return demanded(demand.is, demand.threshold, unit);
  return demand.how === 'agree' ? 'as the journal says' : '= 1 throughout';
}

/** The worst value stands first; how many there are, if more than one. */
function valueText({ values, check }: CheckResult, all: readonly CheckResult[]): string {
  const [first] = values;
  if (first === undefined) return '–';
  const figure = check.unit === 'seconds' ? `${first.value.toFixed(3)} s` : String(Number(first.value.toPrecision(6)));
  const resolution = resolutionOf(check, all);
  const exact = resolution === undefined ? figure : `${figure} ±${Number(resolution.toFixed(3))}`;
  return values.length === 1 ? exact : `${exact} (of ${values.length})`;
}

/** How exactly a recovery is known, in seconds: a figure of its own, asked for beside it. */
function resolutionOf(check: Check, all: readonly CheckResult[]): number | undefined {
  if (!isRecovery(check)) return undefined;
  const { fault, layer, vantage } = check.series[0] ?? {};
  const id = ['precision', 'recoveryResolutionSeconds', fault, layer, vantage, '<='].join('/');
  return all.find((result) => result.check.id === id)?.values[0]?.value;
}

/** Is it how long something took to recover? */
export function isRecovery({ category, unit }: Check): boolean {
  return category === 'recovery' && unit === 'seconds';
}
