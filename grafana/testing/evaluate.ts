/** Asks a replay what a panel asks: over time, or as of the end. */
import { interpolated } from './interpolate.ts';
import type { DashboardQuery } from './queries.ts';
import type { Replay } from './replay.ts';

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  /** Unix seconds and value; NaN left out. */
  readonly values: readonly (readonly [number, number])[];
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

export interface Asked {
  readonly variables: readonly string[];
  readonly choices?: Readonly<Record<string, string>>;
  /** Unix ms; default: the end of the recording. */
  readonly atMs?: number;
}

const stepMs = 1_000;
const timeoutMs = 60_000;

/** What the panel shows. Throws if Prometheus refuses. */
export async function evaluated(replay: Replay, query: DashboardQuery, asked: Asked): Promise<Series[]> {
  return query.kind === 'instant' ? await atOnce(replay, query, asked) : await overTime(replay, query, asked);
}

/** The same query at each second of the recording, whatever the panel does. */
export async function overTime(replay: Replay, query: DashboardQuery, asked: Asked): Promise<Series[]> {
  const { endMs, engine } = replay;
  // So that the last step is the end.
  const startMs = endMs - Math.floor((endMs - replay.startMs) / stepMs) * stepMs;
  return series(await engine.queryRange({ query: text(replay, query, asked), startMs, endMs, stepMs, timeoutMs }));
}

async function atOnce(replay: Replay, query: DashboardQuery, asked: Asked): Promise<Series[]> {
  const { endMs, engine } = replay;
  return series(await engine.query({ query: text(replay, query, asked), timeMs: asked.atMs ?? endMs, timeoutMs }));
}

function text({ startMs, endMs }: Replay, { expr, minStep }: DashboardQuery, { variables, choices }: Asked): string {
  const rangeSeconds = Math.ceil((endMs - startMs) / 1_000);
  return interpolated(expr, variables, { rangeSeconds, stepSeconds: 1, minStep, ...(choices && { choices }) });
}

function series(answer: Awaited<ReturnType<Replay['engine']['query']>>): Series[] {
  if (!answer.ok) throw new Error(answer.error);
  const { result } = JSON.parse(answer.data) as { result: Sample[] };
  return result.flatMap(({ metric, value, values = value ? [value] : [] }) => {
    const numbers = values.map(([time, text]) => [time, Number(text)] as const).filter(([, one]) => !Number.isNaN(one));
    return numbers.length === 0 ? [] : [{ metric, values: numbers }];
  });
}
