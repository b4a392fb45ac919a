/** Proxies and toxics as the API shows them. */
import { arrayText, float32Text, objectText, stringText } from './json/write.ts';
import type { TcpProxy } from './proxy.ts';
import type { ToxicState } from './toxic.ts';

export function proxyText(proxy: TcpProxy): string {
  return objectText([
    ['name', stringText(proxy.name)],
    ['listen', stringText(proxy.listen)],
    ['upstream', stringText(proxy.upstream)],
    ['enabled', String(proxy.enabled)],
    ['toxics', toxicsText(proxy.toxics.list())],
  ]);
}

export function proxiesText(proxies: Iterable<TcpProxy>): string {
  return objectText(Array.from(proxies, (proxy) => [proxy.name, proxyText(proxy)] as const).sort(byBytes));
}

export function toxicText(toxic: ToxicState): string {
  return objectText([
    ['attributes', objectText(Object.entries(toxic.attributes).map(([name, value]) => [name, String(value)]))],
    ['name', stringText(toxic.name)],
    ['type', stringText(toxic.type)],
    ['stream', stringText(toxic.stream)],
    ['toxicity', float32Text(toxic.toxicity)],
  ]);
}

export function toxicsText(toxics: readonly ToxicState[]): string {
  return arrayText(toxics.map(toxicText));
}

/** Go orders the keys of a map by their bytes; JavaScript would by UTF-16 units. */
function byBytes([a]: readonly [string, string], [b]: readonly [string, string]): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
