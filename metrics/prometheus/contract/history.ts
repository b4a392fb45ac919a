/** What the exact cases ask about: ten minutes of samples, told in one exposition with a timestamp on each, so that every server holds the same. */
import { type Series, series } from './history-series.ts';

/** Seconds between two samples; a series has one at 0 s, 10 s, … 600 s after the base. */
const stepSeconds = 10;
const steps = 60;

/** One value told otherwise than in the script. */
export interface Alteration {
  readonly metric: string;
  readonly atSeconds: number;
  readonly value: number;
}

/** Start of the history: a full minute, so long ago that all of it is over, and within the hour that a new store takes back. */
export function historyBase(nowMs: number): number {
  return (Math.floor(nowMs / 60_000) - 25) * 60_000;
}

/** Exposition in the text format 0.0.4, without Content-Type. */
export function history(baseMs: number, alteration?: Alteration): string {
  const byFamily = Map.groupBy(series, ({ family }) => family);
  const lines: string[] = [];
  for (const [family, members] of byFamily) {
    lines.push(`# HELP ${family} Scripted.`, `# TYPE ${family} ${members[0]?.type ?? 'untyped'}`);
    for (const member of members) lines.push(...samplesOf(member, baseMs, alteration));
  }
  return `${lines.join('\n')}\n`;
}

function samplesOf(one: Series, baseMs: number, alteration: Alteration | undefined): string[] {
  const lines: string[] = [];
  for (let step = 0; step <= steps; step += 1) {
    const seconds = step * stepSeconds;
    const altered = alteration?.metric === one.metric && alteration.atSeconds === seconds;
    const value = altered ? alteration.value : one.at(step);
    if (value !== undefined) lines.push(`${one.metric} ${text(value)} ${baseMs + seconds * 1_000}`);
  }
  return lines;
}

function text(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
