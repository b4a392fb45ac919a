/** Tells where two servers' answers to one question differ, for a person to read; says nothing where they agree. */
import { contentOf, isObject, type Json } from './answer.ts';
import type { Reply } from './ask.ts';
import type { Case, Leeway } from './case.ts';

const maxDifferences = 8;
const maxTextLength = 300;

/** Pairs of answers, `expected` of the real server; `undefined` if they are alike. */
export function difference(one: Case, expected: Reply, actual: Reply): string | undefined {
  const found = [
    ...differing('HTTP status', expected.status, actual.status),
    ...differing('Content-Type', expected.contentType, actual.contentType),
    ...differing('Allow', expected.allow, actual.allow),
    ...walk('', contentOf(expected, one.jitter), contentOf(actual, one.jitter), one.leeway),
  ];
  if (found.length === 0) return undefined;
  const shown = found.slice(0, maxDifferences);
  const rest = found.length > shown.length ? [`… and ${found.length - shown.length} more`] : [];
  return [one.name, ...shown, ...rest].join('\n');
}

function walk(
  path: string,
  expected: Json | undefined,
  actual: Json | undefined,
  leeway: Leeway | undefined,
): string[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) =>
      walk(`${path}[${index}]`, expected[index], actual[index], leeway),
    ).flat();
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    const order = differing(
      `order of keys in ${path || 'the answer'}`,
      Object.keys(expected).join(),
      Object.keys(actual).join(),
    );
    const inside = [...keys].flatMap((key) =>
      walk(path === '' ? key : `${path}.${key}`, expected[key], actual[key], leeway),
    );
    return inside.length === 0 ? order : inside;
  }
  if (leeway !== undefined && isNear(expected, actual, leeway.ulps)) return [];
  return differing(path || 'body', expected, actual);
}

function isNear(a: Json | undefined, b: Json | undefined, ulps: number): boolean {
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const [x, y] = [Number(a), Number(b)];
  return Math.abs(x - y) <= ulps * Number.EPSILON * Math.max(Math.abs(x), Math.abs(y));
}

function differing(what: string, expected: unknown, actual: unknown): string[] {
  const [real, ours] = [written(expected), written(actual)];
  return real === ours ? [] : [`  ${what}\n    real: ${short(real)}\n    ours: ${short(ours)}`];
}

function written(value: unknown): string {
  return value === undefined ? '(absent)' : JSON.stringify(value);
}

function short(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
}
