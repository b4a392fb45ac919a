/** From where each layer is looked at, and by which means: follows from the manifest alone. */
import { endToEnd, type Vantage } from '../../metrics/vocabulary.ts';
import type { Manifest, NodeSpec, Protocol } from '../manifest.ts';
import type { Scenario } from '../scenario.ts';
import { vantagesOf } from '../topology.ts';

export interface View {
  readonly layer: string;
  readonly vantage: Vantage;
}

export interface ProbedView extends View {
  readonly node: NodeSpec;
  /** `user` only: the client link that is dialled. */
  readonly link?: string;
  readonly means: 'session-ping' | 'gateway-call' | 'health';
}

/** What is probed: every layer from each of its vantages. */
export function viewsOf(manifest: Manifest): readonly ProbedView[] {
  return Object.entries(vantagesOf(manifest)).flatMap(([layer, vantages]) => {
    const node = manifest.nodes[layer];
    if (node === undefined) return [];
    return vantages.map((vantage): ProbedView => {
      const link = clientLinkTo(manifest, layer);
      if (vantage === 'observer' || link === undefined) return { layer, vantage, node, means: 'health' };
      return { layer, vantage, node, link, means: meansOf(node) };
    });
  });
}

export const endToEndView: View = { layer: endToEnd, vantage: 'user' };

/** The end-to-end probe needs a skill to ask for, a way to ask, and a way to hear of it. */
export function hasEndToEnd(manifest: Manifest, scenario: Scenario): boolean {
  const reachable = (protocol: Protocol) => spokenBy(manifest, protocol)?.link !== undefined;
  return scenario.user?.runSkill !== undefined && reachable('openclaw-gateway/1') && reachable('openclaw-session/1');
}

function clientLinkTo(manifest: Manifest, layer: string): string | undefined {
  return Object.entries(manifest.links).find(([, { from, to }]) => from === 'client' && to === layer)?.[0];
}

/** The node that speaks a protocol, and the client link that leads to it. */
export function spokenBy(
  manifest: Manifest,
  protocol: Protocol,
): { readonly node: string; readonly link: string | undefined } | undefined {
  const node = Object.entries(manifest.nodes).find(([, { speaks }]) => speaks.includes(protocol))?.[0];
  return node === undefined ? undefined : { node, link: clientLinkTo(manifest, node) };
}

function meansOf({ speaks }: NodeSpec): ProbedView['means'] {
  if (speaks.includes('openclaw-session/1')) return 'session-ping';
  return speaks.includes('openclaw-gateway/1') ? 'gateway-call' : 'health';
}

export function viewKey({ layer, vantage }: View): string {
  return `${layer}/${vantage}`;
}
