/** Looks a name up among those of a run. */
import { ChaosError } from '../errors.ts';

/** Throws `CHAOS_UNKNOWN`, with the names that there are. */
export function known<T>(map: ReadonlyMap<string, T>, what: string, name: string): T {
  const value = map.get(name);
  if (value !== undefined) return value;
  throw new ChaosError('CHAOS_UNKNOWN', `there is no ${what} ${name}; there are ${[...map.keys()].join(', ')}`);
}
