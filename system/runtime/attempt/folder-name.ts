/** The name of a run's folder. Run ids come from outside too: one that is no plain name is hashed. */
import { createHash } from 'node:crypto';

export function folderName(run: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9@_-]{0,127}$/.test(run) ? run : createHash('sha256').update(run).digest('hex');
}
