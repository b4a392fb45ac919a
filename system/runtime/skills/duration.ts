/** Durations as people write them in a SKILL.md: `500ms`, `30s`, `5m`, `2h`, `1d`. */
const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds, or undefined if `text` is no duration. */
export function durationMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text.trim()) ?? [];
  const factor = unitMs[unit ?? ''];
  return factor === undefined ? undefined : Number(amount) * factor;
}
