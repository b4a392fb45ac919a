/** What follows from a manifest alone: what faults may touch, and from where each layer can be watched. */
import { endToEnd, type Vantage } from '../metrics/vocabulary.ts';
import type { Topology } from './faults/fault.ts';
import type { Manifest, Protocol } from './manifest.ts';

export function topologyOf(manifest: Manifest): Topology {
  return {
    nodes: Object.keys(manifest.nodes),
    links: manifest.links,
    fragile: manifest.nodes,
    programs: Object.fromEntries(
      Object.entries(manifest.skills).flatMap(([skill, { program }]) =>
        program === undefined ? [] : [[skill, { node: manifest.effects.node, file: program }]],
      ),
    ),
    healthPaths: Object.fromEntries(Object.entries(manifest.nodes).map(([name, { healthPath }]) => [name, healthPath])),
  };
}

/** Every layer is watched by the observer; those that the user dials are watched through the user's link too. */
export function vantagesOf(manifest: Manifest): Readonly<Record<string, readonly Vantage[]>> {
  return Object.fromEntries(
    Object.keys(manifest.nodes).map((layer) => [
      layer,
      Object.values(manifest.links).some(({ from, to }) => from === 'client' && to === layer)
        ? (['user', 'observer'] as const)
        : (['observer'] as const),
    ]),
  );
}

/** Where a layer's condition is judged: as the user sees it; as the observer does where the user has no way to it. */
export function judgedFrom(manifest: Manifest, layer: string): Vantage {
  return layer === endToEnd || vantagesOf(manifest)[layer]?.includes('user') ? 'user' : 'observer';
}

export function speaks(manifest: Manifest, protocol: string): boolean {
  return Object.values(manifest.nodes).some((node) => node.speaks.includes(protocol as Protocol));
}
