/** The mark of a run: a variable in the environment of every process that it starts, by which those are found again, whoever looks. */
import { z } from 'zod';

const markSchema = z.object({
  run: z.string(),
  /** Node, or `@` and what the harness runs beside the nodes: `@toxiproxy`, `@prometheus`, `@operator`. */
  part: z.string(),
  /** The harness process that made it, as `harnessName()` gives it. */
  harness: z.string(),
  /** Absolute path of the run's folder. */
  folder: z.string(),
});

export type Mark = z.infer<typeof markSchema>;

export const markVariable = 'OPENCLAW_CHAOS_MARK';

/** Undefined for a text that is none of ours. */
export function parseMark(text: string): Mark | undefined {
  try {
    return markSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
