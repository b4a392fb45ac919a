/** Why checks have no data, with those taken together that lack it for the same reason. Pure. */
import type { CheckResult } from '../verdict/judge-check.ts';

export interface Gap {
  readonly text: string;
  readonly checkIds: readonly string[];
}

/** In the order in which they are met first. Reasons that differ in nothing but the labels of a series are the same. */
export function gapsIn(results: readonly CheckResult[]): readonly Gap[] {
  const alike = new Map<string, CheckResult[]>();
  for (const result of results.filter(({ status }) => status === 'no-data')) {
    const kind = withoutLabels(reasonOf(result));
    alike.set(kind, [...(alike.get(kind) ?? []), result]);
  }
  return [...alike].map(([kind, same]) => {
    const reasons = new Set(same.map(reasonOf));
    const [only = kind] = reasons;
    return { text: reasons.size === 1 ? only : kind, checkIds: same.map(({ check }) => check.id) };
  });
}

function reasonOf({ detail }: CheckResult): string {
  return detail ?? 'no reason was given';
}

function withoutLabels(reason: string): string {
  return reason.replace(/\{[^}]*\}(?: nor \{[^}]*\})*/g, '{…}');
}
