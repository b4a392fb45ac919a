/** Durations as people write them in a SKILL.md: `500ms`, `30s`, `5m`, `2h`, `1d`. */
import { z } from 'zod';

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or undefined if `text` is no duration. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = unitMs[unit ?? ''];
  return factor === undefined ? undefined : Number(amount) * factor;
}

/** A text from `least` to `most` (both durations), read into milliseconds. */
export function duration(least: string, most: string, example: string) {
  const [from, to] = [durationMs(least) ?? 0, durationMs(most) ?? 0];
  return z.string(`must be a duration such as ${example}`).transform((text, context) => {
    const value = durationMs(text);
    if (value !== undefined && value >= from && value <= to) return value;
    context.addIssue(`"${text.slice(0, 50)}" is no duration from ${least} to ${most}: write it such as ${example}`);
    return z.NEVER;
  });
}
