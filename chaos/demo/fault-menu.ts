/** The faults that a demo may draw, with how often each should come: what follows from the nodes and links of a manifest. Pure. */
import type { FaultSpec } from '../faults/registry.ts';
import type { Manifest } from '../manifest.ts';
import type { LayerCondition } from '../scenario.ts';

export interface Offer {
  /** `kill-gateway`: also the label `fault` of its metrics, so there are as many as the manifest has nodes and links to break, however long a demo goes on. */
  readonly name: string;
  readonly fault: FaultSpec;
  /** It stands for a while; else it is over once it was dealt. */
  readonly lasts: boolean;
  readonly expect: Readonly<Record<string, LayerCondition>>;
  /** How often it comes, relative to the others. */
  readonly weight: number;
}

type Item = Omit<Offer, 'expect'> & { readonly hit: readonly string[]; readonly condition: LayerCondition };

const blowEveryMs = 700;
const resetEveryMs = 1_000;
/** Longer than any answer takes, and short enough for a user not to give up waiting. */
const userLatencyMs = 400;
const layerLatencyMs = 1_500;
const jitterMs = 100;

export function menuOf(manifest: Manifest): readonly Offer[] {
  const nodes = Object.keys(manifest.nodes);
  const items = [
    ...nodes.flatMap(nodeFaults),
    ...Object.entries(manifest.links).flatMap(([link, { from, to }]) => linkFaults(link, from, to)),
    ...partitions(manifest),
  ];
  return items.map(({ hit, condition, ...item }) => ({
    ...item,
    expect: Object.fromEntries(nodes.map((node) => [node, hit.includes(node) ? condition : 'ok'])),
  }));
}

function nodeFaults(node: string): Item[] {
  const [nodes, hit] = [[node], [node]];
  const comesBack = { hit, condition: 'paused' } as const;
  const isGone = { hit, condition: 'failed' } as const;
  return [
    { name: `kill-${node}`, fault: { kind: 'kill', nodes }, lasts: false, weight: 3, ...comesBack },
    {
      name: `kill-loop-${node}`,
      fault: { kind: 'kill', nodes, everyMs: blowEveryMs },
      lasts: true,
      weight: 1,
      ...comesBack,
    },
    { name: `crash-${node}`, fault: { kind: 'crash', nodes }, lasts: false, weight: 2, ...comesBack },
    { name: `hang-${node}`, fault: { kind: 'hang', nodes }, lasts: true, weight: 2, ...isGone },
    { name: `outage-${node}`, fault: { kind: 'outage', nodes }, lasts: true, weight: 2, ...isGone },
  ];
}

function linkFaults(link: string, from: string, to: string): Item[] {
  const links = [link];
  // What two layers have between them is theirs to bear: seen from outside nothing must change.
  const isUsers = from === 'client';
  const cut = { hit: isUsers ? [to] : [], condition: 'failed' } as const;
  const unseen = { hit: [], condition: 'ok' } as const;
  const latencyMs = isUsers ? userLatencyMs : layerLatencyMs;
  const items: Item[] = [
    { name: `link-down-${link}`, fault: { kind: 'link-down', links }, lasts: true, weight: 1, ...cut },
    { name: `blackhole-${link}`, fault: { kind: 'link-blackhole', links }, lasts: true, weight: 1, ...cut },
    {
      name: `latency-${link}`,
      fault: { kind: 'latency', links, latencyMs, jitterMs },
      lasts: true,
      weight: 1,
      ...unseen,
    },
  ];
  if (!isUsers) return items;
  const reset = { kind: 'link-reset', links, everyMs: resetEveryMs } as const;
  return [
    ...items,
    { name: `reset-${link}`, fault: reset, lasts: true, weight: 1, hit: [to], condition: 'interrupted' },
  ];
}

/** The user and the node with the skills, cut off from all others. */
function partitions({ nodes, effects }: Manifest): Item[] {
  const others = Object.keys(nodes).filter((node) => node !== effects.node);
  if (others.length === 0) return [];
  const groups = [['client', effects.node], others];
  const cut = { lasts: true, weight: 2, hit: others, condition: 'failed' } as const;
  return (['refuse', 'blackhole'] as const).map((mode) => ({
    name: `partition-${mode}`,
    fault: { kind: 'partition', groups, mode },
    ...cut,
  }));
}
