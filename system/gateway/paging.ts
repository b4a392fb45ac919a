/** Pages of lists: opaque cursors, each good for the list that gave it. */
import type { z } from 'zod';
import { ProblemError } from '../layer/problem.ts';

export interface Page<Item, Position> {
  readonly items: Item[];
  /** Position of the last item shown if there are more behind it. */
  readonly next: Position | null;
}

/** Undefined for no cursor. Throws a 400 problem for one of another list or another making. */
export function positionOf<Position extends z.ZodType>(
  list: string,
  cursor: string | undefined,
  position: Position,
): z.output<Position> | undefined {
  if (cursor === undefined) return undefined;
  const [of, text] = decoded(cursor);
  const result = position.safeParse(text);
  if (of === list && result.success) return result.data;
  const message = `must be the value of "next" of the page before, of ${list}`;
  throw new ProblemError(400, 'OPENCLAW_INVALID', `query.cursor: ${message}`, [{ field: 'query.cursor', message }]);
}

export function cursorAt(list: string, position: string | number | null): string | null {
  return position === null ? null : Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

function decoded(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
