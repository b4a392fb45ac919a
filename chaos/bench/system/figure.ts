/** One line of the bench's table: what was measured, against what, and whether that is what we want. */

export interface Figure {
  readonly what: string;
  readonly measured: string;
  /** What it was measured beside, in the same run. */
  readonly beside?: string;
  readonly ratio?: number;
  readonly goal?: string;
  /** Absent where there is no goal. */
  readonly met?: boolean;
}

/** Of several numbers, the one below which the share lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function milliseconds(ms: number): string {
  return ms < 10_000 ? `${ms.toFixed(ms < 10 ? 1 : 0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

export function tableOf(figures: readonly Figure[]): string {
  const head = ['', 'measured', 'beside it', 'ratio', 'goal', ''];
  const rows = figures.map(({ what, measured, beside = '', ratio, goal = '', met }) => [
    what,
    measured,
    beside,
    ratio === undefined ? '' : `${ratio.toFixed(2)}×`,
    goal,
    met === undefined ? '' : met ? 'met' : 'NOT met',
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return [head, ...rows].map((cells) => line(cells).trimEnd()).join('\n');
}
