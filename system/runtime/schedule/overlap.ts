/** Which slots may be claimed while earlier ones of the skill are not finished. Pure. */
import type { OverlapPolicy } from '../skills/skill.ts';

export interface OverlapDecision {
  /** In the order of their due times, like `missed`. */
  readonly claimed: readonly number[];
  readonly missed: readonly number[];
  /** Runs that are to end, for a claimed slot takes their place. */
  readonly cancelled: readonly string[];
}

/** Even a skill that lets all its slots wait has no more than this many open: it is slower than its schedule, and will not catch up. */
export const maxOpen = 10_000;

/** `due`: slots that come due one after the other; `open`: runs of earlier slots that are not finished. */
export function decideOverlap(
  policy: OverlapPolicy,
  due: readonly number[],
  open: readonly { readonly id: string }[],
): OverlapDecision {
  const atMost = (runs: number): OverlapDecision => {
    const room = Math.max(0, runs - open.length);
    return { claimed: due.slice(0, room), missed: due.slice(room), cancelled: [] };
  };
  switch (policy) {
    case 'skip':
      return atMost(1);
    case 'buffer-one':
      return atMost(2);
    case 'buffer-all':
      return atMost(maxOpen);
    case 'cancel-other':
      return {
        claimed: due.slice(-1),
        missed: due.slice(0, -1),
        cancelled: due.length > 0 ? open.map(({ id }) => id) : [],
      };
  }
}
