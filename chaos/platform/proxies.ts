/** The proxies of a run, the same on every platform: one for each link, one for the observer of each node, one for each port of the operator. */
import type { Manifest } from '../manifest.ts';
import type { ProxySpec } from '../toxiproxy/client.ts';

export interface ProxyPorts {
  /** Link → port of its proxy. */
  readonly links: ReadonlyMap<string, number>;
  /** Node → port of its observer proxy. */
  readonly observers: ReadonlyMap<string, number>;
  /** Port that the operator asks → port of the proxy that answers. */
  readonly operator: ReadonlyMap<number, number>;
}

/** `upstreamOf` gives a node's own `host:port` as Toxiproxy dials it. */
export function proxiesOf(
  { links, operator }: Manifest,
  ports: ProxyPorts,
  listenHost: string,
  upstreamOf: (node: string) => string,
): readonly ProxySpec[] {
  const proxy = (name: string, port: number, to: string): ProxySpec => ({
    name,
    listen: `${listenHost}:${port}`,
    upstream: upstreamOf(to),
  });
  return [
    ...[...ports.links].map(([link, port]) => proxy(link, port, links[link]?.to ?? '')),
    ...[...ports.observers].map(([node, port]) => proxy(`observer-${node}`, port, node)),
    ...[...ports.operator].map(([asked, port]) => proxy(`operator-${asked}`, port, operator?.ports[asked] ?? '')),
  ];
}
