/** Tells, from one snapshot to the next, which layer began or ceased to answer, from where. */
import type { LiveState, Snapshot } from '../observe/snapshot.ts';

export function layerChanges(): (snapshot: Snapshot) => string[] {
  const last = new Map<string, LiveState>();
  return ({ layers }) => {
    const lines: string[] = [];
    for (const [layer, seen] of Object.entries(layers)) {
      for (const [vantage, state] of Object.entries(seen)) {
        const key = `${layer} as the ${vantage} sees it`;
        const before = last.get(key);
        last.set(key, state);
        // Until it has answered once, it is merely not there yet.
        if (before === state || state === 'unknown' || (state === 'bad' && before !== 'ok')) continue;
        lines.push(
          `${key}: ${state === 'ok' ? (before === undefined ? 'answers' : 'answers again') : 'does not answer'}`,
        );
      }
    }
    return lines;
  };
}
