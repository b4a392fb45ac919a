/**
 * Recorded scrapes: what every target said, scrape by scrape. The file is NDJSON: a target with the times of its scrapes, then its
 * series, then the next target. Numbers stand as Prometheus writes them; null is "not in this scrape".
 */
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

const targetSchema = z.object({ target: z.record(z.string(), z.string()), timesMs: z.array(z.int()) });
const seriesSchema = z.object({ labels: z.record(z.string(), z.string()), values: z.array(z.string().nullable()) });
const lineSchema = z.union([targetSchema, seriesSchema]);

export type RecordedSeries = z.infer<typeof seriesSchema>;

export interface RecordedTarget {
  /** Labels of its `up`, without the name. */
  readonly target: Readonly<Record<string, string>>;
  /** Unix ms. The first is told as it is, each other as what it adds to the one before. */
  readonly timesMs: readonly number[];
  /** One value a scrape. `up` is among them. */
  readonly series: readonly RecordedSeries[];
}

export function packRecording(targets: readonly RecordedTarget[]): Uint8Array {
  const lines = targets.flatMap(({ target, timesMs, series }) => [
    { target, timesMs: timesMs.map((time, index) => time - (timesMs[index - 1] ?? 0)) },
    ...series,
  ]);
  return gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { level: 9 });
}

/** Throws a `ZodError` or a `SyntaxError` if it is no recording. */
export function unpackRecording(packed: Uint8Array): RecordedTarget[] {
  const found: (RecordedTarget & { series: RecordedSeries[] })[] = [];
  for (const line of gunzipSync(packed).toString().trimEnd().split('\n')) {
    const parsed = lineSchema.parse(JSON.parse(line));
    if ('target' in parsed) found.push({ target: parsed.target, timesMs: running(parsed.timesMs), series: [] });
    else found.at(-1)?.series.push(parsed);
  }
  return found;
}

function running(steps: readonly number[]): number[] {
  let sum = 0;
  return steps.map((step) => {
    sum += step;
    return sum;
  });
}
