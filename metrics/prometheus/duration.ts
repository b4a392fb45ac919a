/** Durations as Prometheus reads and writes them, `1m30s`: years of 365 days, biggest unit first, none twice, no fractions. */

const units = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

const pattern = new RegExp(`^${units.map(([unit]) => `(?:([0-9]+)${unit})?`).join('')}$`);

/** 2^63 - 1 nanoseconds: about 292 years. */
const longestMs = 9_223_372_036_854.775;

/** Milliseconds; undefined if it is no duration, or one over 292 years. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : pattern.exec(text);
  if (match === null) return undefined;
  const total = units.reduce((sum, [, size], at) => sum + Number(match[at + 1] ?? 0) * size, 0);
  return total > longestMs ? undefined : total;
}

/** Years and weeks only where they leave no rest: `90m` is `1h30m`, `8d` stays `8d`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let text = '';
  for (const [unit, size] of units) {
    const onlyWhole = unit === 'y' || unit === 'w';
    if (onlyWhole && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count === 0) continue;
    text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
