/** Where everything listens inside the run's network: pure, so that all containers can be started knowing all addresses. */
import type { Manifest } from '../../manifest.ts';
import type { ProxySpec } from '../../toxiproxy/client.ts';

export const toxiproxyAlias = 'toxiproxy';
export const toxiproxyApiPort = 8474;
/** Clear of the systems' own ports, which the operator's proxies use, and of Toxiproxy's API. */
const firstLinkPort = 20_001;
const firstObserverPort = 21_001;

export interface Layout {
  /** Link → port of its proxy. */
  readonly links: ReadonlyMap<string, number>;
  /** Node → port of its observer proxy. */
  readonly observers: ReadonlyMap<string, number>;
  readonly proxies: readonly ProxySpec[];
}

export function layOut({ nodes, links, operator }: Manifest): Layout {
  const linkPorts = new Map(Object.keys(links).map((link, index) => [link, firstLinkPort + index]));
  const observerPorts = new Map(Object.keys(nodes).map((node, index) => [node, firstObserverPort + index]));
  const proxy = (name: string, port: number, to: string): ProxySpec => ({
    name,
    listen: `0.0.0.0:${port}`,
    upstream: `${to}:${nodes[to]?.port}`,
  });
  return {
    links: linkPorts,
    observers: observerPorts,
    proxies: [
      ...[...linkPorts].map(([link, port]) => proxy(link, port, links[link]?.to ?? '')),
      ...[...observerPorts].map(([node, port]) => proxy(`observer-${node}`, port, node)),
      // The operator's shell shares Toxiproxy's network namespace: these are `localhost` there.
      ...Object.entries(operator?.ports ?? {}).map(([port, node]) => proxy(`operator-${port}`, Number(port), node)),
    ],
  };
}

/** Link → base URL at which a node dials it. */
export function linkUrls({ links }: Layout): ReadonlyMap<string, string> {
  return new Map([...links].map(([link, port]) => [link, `http://${toxiproxyAlias}:${port}`]));
}
