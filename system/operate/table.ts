/** Rows of text as aligned columns for a terminal. */
import { stripVTControlCharacters } from 'node:util';

/** Without a trailing line end; the last column is as long as it is. Colours do not count as width. */
export function table(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, width(cell));
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, at) => padded(cell, widths[at] ?? 0))
          .join('  ')
          .trimEnd(),
    )
    .join('\n');
}

function padded(cell: string, columns: number): string {
  return cell + ' '.repeat(Math.max(0, columns - width(cell)));
}

function width(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
