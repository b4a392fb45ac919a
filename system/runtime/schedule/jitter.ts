/** Spreads the starts of a skill's slots: by chance as it seems, but the same for a slot whichever runtime asks. */
import { createHash } from 'node:crypto';

/** When the slot starts at the earliest (Unix ms): within `jitterMs` after it is due. */
export function startOf(skill: string, dueAt: number, jitterMs: number): number {
  if (jitterMs === 0) return dueAt;
  const digest = createHash('sha256').update(`${skill}@${dueAt}`).digest();
  return dueAt + (digest.readUInt32BE() % jitterMs);
}
