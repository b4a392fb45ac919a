/** Pieces that the options of several faults share. */
import { z } from 'zod';

/** Names of links or nodes: at least one, none twice. */
export const names = z
  .array(z.string().min(1))
  .min(1)
  .max(32)
  .refine((list) => new Set(list).size === list.length, 'names something twice')
  .readonly();

/** A duration in ms: whole, above zero, at most an hour. */
export const durationMs = z.int().positive().max(3_600_000);
