/** Pieces of what routes take that are not on the wire between layers: queries, headers, bodies of clients. */
import { z } from 'zod';

/** Half a surrogate pair is no character: the database would store another text, which is not equal to what was sent. */
export const id = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => text.isWellFormed(), 'must be well-formed Unicode');

/** Of a query: whole numbers come as text. */
export function count(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return z
    .string(`${message}, once`)
    .regex(/^\d{1,16}$/, message)
    .transform(Number)
    .pipe(z.int(message).min(min, message).max(max, message));
}

export const unixMs = count(0, 8.64e15);

/** What it holds is the business of the list that gave it. */
export const cursor = z.string().min(1).max(400).describe('`next` of the page before.').optional();

export const next = z.string().nullable().describe('The cursor of the following page; null at the end.');
