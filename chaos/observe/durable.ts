/** Looks for everything that was promised to the user: each acknowledged thing exactly once, in order. Pure. */
import type { Received } from '../drivers/received-log.ts';

export interface Tally {
  readonly checked: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** Each promised id must be found exactly once. */
export function tally(promised: Iterable<string>, found: Iterable<string>): Tally {
  const counts = new Map<string, number>();
  for (const id of found) counts.set(id, (counts.get(id) ?? 0) + 1);
  const ids = new Set(promised);
  return {
    checked: ids.size,
    lost: [...ids].filter((id) => !counts.has(id)),
    doubled: [...ids].filter((id) => (counts.get(id) ?? 0) > 1),
  };
}

export interface EventEvidence {
  /** Runs whose effect is there and whose end the user must have been told of. */
  readonly runs: Iterable<string>;
  readonly received: readonly Received[];
  /** Offsets of the user's own messages, known from their acknowledgement even if the server does not send them back. */
  readonly acknowledged: Iterable<number>;
}

/** Each run's end told, once an attempt; offsets without a gap, and none twice or out of order. */
export function eventTally({ runs, received, acknowledged }: EventEvidence): Tally {
  const ends = received.flatMap(({ finished }) => finished ?? []);
  const told = tally(runs, new Set(ends.map(({ id }) => id)));
  const attempts = ends.map(({ id, attempt }) => `${id}, attempt ${attempt}`);
  const doubled = [...tally(attempts, attempts).doubled];
  const seen = new Set(acknowledged);
  let last = 0;
  for (const { offset, kind, id } of received) {
    if (offset <= last) doubled.push(`${kind} ${id} at offset ${offset} after ${last}`);
    last = Math.max(last, offset);
    seen.add(offset);
  }
  const gaps: string[] = [];
  for (let offset = 1; offset <= last; offset++) if (!seen.has(offset)) gaps.push(`offset ${offset}`);
  return { checked: told.checked, lost: [...told.lost, ...gaps], doubled };
}
