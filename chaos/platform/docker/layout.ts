/** Where everything listens inside the run's network: pure, so that all containers can be started knowing all addresses. */
import type { Manifest } from '../../manifest.ts';
import type { ProxySpec } from '../../toxiproxy/client.ts';
import { type ProxyPorts, proxiesOf } from '../proxies.ts';

export const toxiproxyAlias = 'toxiproxy';
export const toxiproxyApiPort = 8474;
/** Clear of the systems' own ports, which the operator's proxies use, and of Toxiproxy's API. */
const firstLinkPort = 20_001;
const firstObserverPort = 21_001;

export interface Layout extends ProxyPorts {
  readonly proxies: readonly ProxySpec[];
}

export function layOut(manifest: Manifest): Layout {
  const { nodes, links, operator } = manifest;
  const ports: ProxyPorts = {
    links: new Map(Object.keys(links).map((link, index) => [link, firstLinkPort + index])),
    observers: new Map(Object.keys(nodes).map((node, index) => [node, firstObserverPort + index])),
    // The operator's shell shares Toxiproxy's network namespace: these are `localhost` there.
    operator: new Map(Object.keys(operator?.ports ?? {}).map((port) => [Number(port), Number(port)])),
  };
  const upstreamOf = (node: string) => `${node}:${nodes[node]?.port}`;
  return { ...ports, proxies: proxiesOf(manifest, ports, '0.0.0.0', upstreamOf) };
}

/** Link → base URL at which a node dials it. */
export function linkUrls({ links }: Layout): ReadonlyMap<string, string> {
  return new Map([...links].map(([link, port]) => [link, `http://${toxiproxyAlias}:${port}`]));
}
