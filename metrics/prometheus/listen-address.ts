/** `HOST:PORT` as `--web.listen-address` takes it: `:9090` is every address of the machine, `[::1]:9090` is IPv6. */
import type { ListenAddress } from './api/listener.ts';

/** Undefined if it is none. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, ipv6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port > 65_535) return undefined;
  return { host: ipv6 ?? (name || '0.0.0.0'), port };
}
