/** What the scenario's user is promised to find again, as far as the target speaks the protocol that can tell. */
import { slis } from '../../metrics/slis.ts';
import { type Durable, durables } from '../../metrics/vocabulary.ts';
import { speaks } from '../topology.ts';
import type { Outline } from './plan-shape.ts';

export function promised({ scenario: { user }, manifest }: Outline): readonly Durable[] {
  if (user === undefined) return [];
  return durables
    .filter((what) => what !== 'crowd-message' || user.crowd !== undefined)
    .filter((what) => user.runSkill !== undefined || !['run', 'event'].includes(what))
    .filter((what) => slis.durableChecked.protocols({ what }).every((protocol) => speaks(manifest, protocol)));
}

/** The nodes that make that promise. */
export function keepersOf(what: Durable, { manifest }: Pick<Outline, 'manifest'>): readonly string[] {
  const protocols = slis.durableChecked.protocols({ what });
  return Object.keys(manifest.nodes).filter((node) =>
    manifest.nodes[node]?.speaks.some((protocol) => protocols.includes(protocol)),
  );
}
