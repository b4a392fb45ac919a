/** What a fault may make look bad: the links and nodes it touches, and the skills that cannot keep to their schedule meanwhile. */
import { type FaultSpec, faultOf } from '../faults/registry.ts';
import type { Manifest } from '../manifest.ts';
import { topologyOf } from '../topology.ts';

export interface BlastRadius {
  readonly links: readonly string[];
  readonly nodes: readonly string[];
  /** Deferred, because what they require is out of reach; not started, because what runs them is down; or broken. */
  readonly skills: readonly string[];
  /** Those among them that it makes fail. */
  readonly broken: readonly string[];
}

export function blastRadius(fault: FaultSpec, manifest: Manifest, skills: readonly string[]): BlastRadius {
  const { leavesNodesUp = false, targets } = faultOf(fault);
  const { links, nodes, skills: broken = [] } = targets(fault, topologyOf(manifest));
  const runner = manifest.effects.node;
  const isDown = (node: string) => !leavesNodesUp && nodes.includes(node);
  const outOfReach = (node: string) =>
    isDown(node) ||
    Object.entries(manifest.links).some(
      ([name, { from, to }]) => from === runner && to === node && links.includes(name),
    );
  return {
    links,
    nodes,
    skills: skills.filter(
      (skill) =>
        isDown(runner) ||
        broken.includes(skill) ||
        (manifest.skills[skill]?.requires ?? []).some((node) => outOfReach(node)),
    ),
    broken,
  };
}

/** Skills that need no other layer: these must go on whatever happens to the others. */
export function localSkillsOf(manifest: Manifest, skills: readonly string[]): readonly string[] {
  return skills.filter((skill) => (manifest.skills[skill]?.requires ?? []).length === 0);
}
