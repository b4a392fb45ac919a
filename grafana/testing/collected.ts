/** Turns what Prometheus answers into a recording. */
import type { RecordedTarget } from './recording.ts';

/** One series of a matrix, as `/api/v1/query` writes it. */
export interface ScrapedSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds and value. */
  readonly values: readonly (readonly [number, string])[];
}

/** From the first to the last scrape of each target that was answered: what comes after is the end of the run. */
export function collected(series: readonly ScrapedSeries[]): RecordedTarget[] {
  const ups = series.filter(({ metric }) => metric.__name__ === 'up');
  return ups.map(({ metric: { __name__: _, ...target }, values }) => {
    const answered = values.findLastIndex(([, value]) => value === '1');
    const timesMs = values.slice(0, answered + 1).map(([seconds]) => Math.round(seconds * 1_000));
    const own = series.filter(({ metric }) => metric.job === target.job && metric.instance === target.instance);
    return { target, timesMs, series: own.map((one) => alignedWith(timesMs, one)) };
  });
}

function alignedWith(timesMs: readonly number[], { metric, values }: ScrapedSeries): RecordedTarget['series'][number] {
  const byTime = new Map(values.map(([seconds, value]) => [Math.round(seconds * 1_000), value]));
  return { labels: metric, values: timesMs.map((time) => byTime.get(time) ?? null) };
}
