/** The results as a table, and how ours compares to the real server. */
import type { Result } from './toxiproxy-load.ts';

interface Figures {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly download: number;
  readonly upload: number;
  readonly connections: number;
}

const columns = ['', 'round trip p50', 'p99', 'download', 'upload', 'connect+echo'] as const;

export function tableOf(results: readonly Result[]): string {
  const figures = results.map(figuresOf);
  const named = new Map(figures.map((each) => [each.name, each]));
  const compared = figures.flatMap((ours) => {
    const real = ours.name.startsWith('ours') ? named.get(ours.name.replace('ours', 'real')) : undefined;
    return real === undefined ? [] : [ratios(ours, real)];
  });
  const rows = [[...columns], ...figures.map(row), ...compared];
  const widths = columns.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => aligned(cell, column, widths))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Of several numbers, the one below which the share lies. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function figuresOf({ name, roundTripsMs, downloads, uploads, connections }: Result): Figures {
  return {
    name,
    p50: quantile(roundTripsMs, 0.5),
    p99: quantile(roundTripsMs, 0.99),
    download: quantile(downloads, 0.5),
    upload: quantile(uploads, 0.5),
    connections: quantile(connections, 0.5),
  };
}

function row({ name, p50, p99, download, upload, connections }: Figures): string[] {
  const micros = (ms: number) => `${(ms * 1000).toFixed(0)} µs`;
  const rate = (megabytes: number) => `${megabytes.toFixed(0)} MB/s`;
  return [name, micros(p50), micros(p99), rate(download), rate(upload), `${connections.toFixed(0)} /s`];
}

/** Above 1: ours is faster. */
function ratios(ours: Figures, real: Figures): string[] {
  const times = (ratio: number) => `${ratio.toFixed(2)}×`;
  return [
    `${ours.name} / ${real.name}`,
    times(real.p50 / ours.p50),
    times(real.p99 / ours.p99),
    times(ours.download / real.download),
    times(ours.upload / real.upload),
    times(ours.connections / real.connections),
  ];
}

function aligned(cell: string, column: number, widths: readonly number[]): string {
  const width = widths[column] ?? 0;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
