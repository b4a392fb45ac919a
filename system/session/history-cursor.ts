/** Where a reader of a history is, as a text that means nothing to it: the epoch of the log, and the last offset that was read. */
import { z } from 'zod';

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

const position = z.tuple([z.string().min(1).max(64), z.int().min(0)]);

export function encodeCursor({ epoch, offset }: Position): string {
  return Buffer.from(JSON.stringify([epoch, offset])).toString('base64url');
}

export const historyCursor = z
  .string()
  .max(200)
  .transform((text, context): Position => {
    try {
      const [epoch, offset] = position.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
      return { epoch, offset };
    } catch {
      context.addIssue('must be the `next` of an answer');
      return z.NEVER;
    }
  });
