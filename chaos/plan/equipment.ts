/** What the nodes of a target are started with for one scenario: small disks and a clock that can be shifted only where a fault is to use them. */
import type { Equipment } from '../faults/fault.ts';
import { faultOf } from '../faults/registry.ts';
import type { Manifest, NodeSpec } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import { topologyOf } from '../topology.ts';

/** Pure. A scenario that uses none of it finds the system as it is run by everybody. */
export function equipped(manifest: Manifest, { timeline }: Scenario): Manifest {
  const topology = topologyOf(manifest);
  const needing = (equipment: Equipment) =>
    new Set(
      timeline.flatMap(({ fault }) => {
        const { equips, targets } = faultOf(fault);
        return equips === equipment ? targets(fault, topology).nodes : [];
      }),
    );
  const [disks, clocks] = [needing('smallDisks'), needing('clock')];
  const nodes = Object.entries(manifest.nodes).map(([name, node]) => [
    name,
    withClock(disks.has(name) ? node : withoutDisks(node), clocks.has(name)),
  ]);
  return { ...manifest, nodes: Object.fromEntries(nodes) };
}

function withoutDisks({ smallDisks: _, ...node }: NodeSpec): NodeSpec {
  return node;
}

function withClock(node: NodeSpec, isShifted: boolean): NodeSpec {
  return isShifted && node.clock !== undefined ? { ...node, env: { ...node.env, ...node.clock.env } } : node;
}
