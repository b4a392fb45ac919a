/** Reads an answer of Prometheus, and believes nothing: it must be to this question, complete, of the right time, and made of sane numbers. */
import { z } from 'zod';
import type { Labels } from '../../metrics/sli.ts';
import { type Check, isSane, labelKey } from '../plan/check.ts';
import { wholeSeconds } from './ask.ts';
import type { Answer, ObservedWindow } from './evidence.ts';

export interface Series {
  readonly labels: Labels;
  /** Unix ms → value; one entry for an instant answer. */
  readonly points: ReadonlyMap<number, number>;
}

export type Read = { readonly series: readonly Series[] } | { readonly problem: string };

const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const vector = z.array(z.strictObject({ metric: labels, value: point }));
const matrix = z.array(z.strictObject({ metric: labels, values: z.array(point) }));

export function readAnswer(
  check: Check,
  answers: readonly Answer[],
  window: ObservedWindow,
  rangeSeconds: number,
): Read {
  const [answer, ...more] = answers;
  if (answer === undefined) return { problem: 'no answer' };
  if (more.length > 0) return { problem: `${answers.length} answers to one question` };
  if (answer.query !== check.query) return { problem: 'the answer is to another query' };
  if (answer.status === 'error') return { problem: `Prometheus: ${answer.error ?? 'an error without a word'}` };
  if (answer.error !== undefined) return { problem: `both a success and an error: ${answer.error}` };
  const untimely = untimeliness(check, answer, window, rangeSeconds);
  if (untimely !== undefined) return { problem: untimely };
  const series = check.demand.how === 'throughout' ? fromMatrix(answer) : fromVector(answer);
  if (typeof series === 'string') return { problem: series };
  const problem = labelProblem(check, series) ?? valueProblem(check, series);
  return problem === undefined ? { series } : { problem };
}

function untimeliness(check: Check, answer: Answer, window: ObservedWindow, rangeSeconds: number): string | undefined {
  const { evaluatedAt, from } = answer;
  if (check.demand.how === 'throughout') {
    const whole = wholeSeconds(window);
    return from === whole.from && evaluatedAt === whole.to
      ? undefined
      : 'asked for another window than the observed one';
  }
  if (from !== undefined) return 'a range where one moment was asked for';
  if (evaluatedAt < window.to) return 'asked before the end of observation';
  if (evaluatedAt - rangeSeconds * 1000 > window.from) return 'asked so late that the beginning was out of reach';
  return undefined;
}

function fromVector({ resultType, result, evaluatedAt }: Answer): readonly Series[] | string {
  const parsed = vector.safeParse(result);
  if (resultType !== 'vector' || !parsed.success) return `not an instant vector, but ${resultType ?? 'nothing'}`;
  const series = parsed.data.map(({ metric, value }) => ({ labels: metric, points: pointsOf([value]) }));
  const ofAnotherTime = series.some(({ points }) => [...points.keys()].some((at) => Math.abs(at - evaluatedAt) > 1));
  return ofAnotherTime ? 'a value of another time than was asked for' : series;
}

function fromMatrix({ resultType, result, from = 0, evaluatedAt }: Answer): readonly Series[] | string {
  const parsed = matrix.safeParse(result);
  if (resultType !== 'matrix' || !parsed.success) return `not a range of values, but ${resultType ?? 'nothing'}`;
  const series: Series[] = [];
  for (const { metric, values } of parsed.data) {
    const points = pointsOf(values);
    if (points.size !== values.length) return 'two values for one moment';
    const strays = [...points.keys()].some((at) => at < from || at > evaluatedAt || (at - from) % 1000 !== 0);
    if (strays) return 'values of other times than were asked for';
    series.push({ labels: metric, points });
  }
  return series;
}

function pointsOf(values: readonly (readonly [number, string])[]): ReadonlyMap<number, number> {
  return new Map(values.map(([at, value]) => [Math.round(at * 1000), numberOf(value)]));
}

/** Only what Prometheus writes for a finite number is one: `Number('')` would be 0. */
function numberOf(text: string): number {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function labelProblem(check: Check, series: readonly Series[]): string | undefined {
  const expected = new Set(check.series.map(labelKey));
  const given = series.map(({ labels: metric }) => labelKey(metric));
  const doubled = given.find((key, index) => given.indexOf(key) !== index);
  if (doubled !== undefined) return `two series ${readable(doubled)}`;
  const foreign = given.find((key) => !expected.has(key));
  if (foreign !== undefined) return `a series that nobody asked for: ${readable(foreign)}`;
  const missing = [...expected].filter((key) => !given.includes(key));
  return missing.length === 0 ? undefined : `no series ${missing.map(readable).join(' nor ')}`;
}

function valueProblem(check: Check, series: readonly Series[]): string | undefined {
  for (const { labels: metric, points } of series) {
    for (const value of points.values()) {
      if (!isSane(value, check.sane)) return `${readable(labelKey(metric))} is ${value}, which it cannot be`;
    }
  }
  return undefined;
}

function readable(key: string): string {
  const entries = z.array(z.tuple([z.string(), z.string()])).parse(JSON.parse(key));
  return `{${entries.map(([label, value]) => `${label}="${value}"`).join(', ')}}`;
}
