/** What is wrong with a SKILL.md: which key, in which line, and how to mend it. */
import type { Document, LineCounter } from 'yaml';

export interface SkillProblem {
  /** Path of the key, `metadata.openclaw.schedule`; empty: the file as a whole. */
  readonly key: string;
  readonly message: string;
  /** From 1; null if it is not about a place in the file. */
  readonly line: number | null;
}

export const problemOf = (message: string, line: number | null = null): SkillProblem => ({ key: '', message, line });

/** All of them in one line. */
export function problemText(problems: readonly SkillProblem[]): string {
  const sentences = problems.map(({ key, message }) => (key === '' ? message : `${key}: ${message}`));
  return sentences
    .join('; ')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .slice(0, 1000);
}

/** The line of the key in its document, or of the nearest key around it that is there. The document begins at `firstLine`. */
export function lineOf(
  document: Document,
  path: readonly PropertyKey[],
  lines: LineCounter,
  firstLine: number,
): number | null {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
    if (Array.isArray(range) && typeof range[0] === 'number') return lines.linePos(range[0]).line + firstLine - 1;
  }
  return firstLine;
}

export function firstLineOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]?.trim() ?? '';
}
