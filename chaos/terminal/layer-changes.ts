/** Tells, from one snapshot to the next, which layer began or ceased to answer, from where. */
import type { LiveState, Snapshot } from '../observe/snapshot.ts';

export function layerChanges(): (snapshot: Snapshot) => string[] {
  /** What is known of each; until it has answered once, a layer is merely not there yet. */
  const last = new Map<string, Exclude<LiveState, 'unknown'>>();
  return ({ layers }) => {
    const lines: string[] = [];
    for (const [layer, seen] of Object.entries(layers)) {
      for (const [vantage, state] of Object.entries(seen)) {
        const key = `${layer} as the ${vantage} sees it`;
        const before = last.get(key);
        if (state === 'unknown' || state === before || (state === 'bad' && before === undefined)) continue;
        last.set(key, state);
        lines.push(
          `${key}: ${state === 'bad' ? 'does not answer' : before === undefined ? 'answers' : 'answers again'}`,
        );
      }
    }
    return lines;
  };
}
