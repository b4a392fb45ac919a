/** `host:port` as the original reads it (Go's net.ResolveTCPAddr): same rules, same words for what is wrong. */
import { lookup } from 'node:dns/promises';
import { isIP, isIPv6, SocketAddress } from 'node:net';

/** `host` is an IP address; empty: every interface. */
export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Rejects with an AddressError. An empty address means any port of every interface. */
export async function resolveTcpAddress(address: string): Promise<TcpAddress> {
  if (address === '') return { host: '', port: 0 };
  const { host, port } = splitHostPort(address);
  const number = portOf(port);
  return { host: host === '' ? '' : await ipOf(host), port: number };
}

export function tcpAddressText({ host, port }: TcpAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether an address names no host, and so means every interface. */
export function isHostless(address: string): boolean {
  return address === '' || /^:[^:]*$/.test(address);
}

function splitHostPort(address: string): { readonly host: string; readonly port: string } {
  const wrong = (why: string): never => {
    throw new AddressError(`address ${address}: ${why}`);
  };
  const colon = address.lastIndexOf(':');
  if (colon < 0) wrong('missing port in address');
  const bracketed = address.startsWith('[');
  const end = bracketed ? address.indexOf(']') : -1;
  if (bracketed && end < 0) wrong("missing ']' in address");
  if (bracketed && end + 1 !== colon) {
    wrong(address[end + 1] === ':' ? 'too many colons in address' : 'missing port in address');
  }
  const host = bracketed ? address.slice(1, end) : address.slice(0, colon);
  if (!bracketed && host.includes(':')) wrong('too many colons in address');
  if (address.includes('[', bracketed ? 1 : 0)) wrong("unexpected '[' in address");
  if (address.includes(']', bracketed ? end + 1 : 0)) wrong("unexpected ']' in address");
  return { host, port: address.slice(colon + 1) };
}

function portOf(port: string): number {
  // Names of services are not looked up: Node has no call for it.
  if (!/^[+-]?[0-9]*$/.test(port)) throw new AddressError(`lookup tcp/${port}: unknown port`);
  const number = Number(port.replace(/^\+/, '') || '0');
  if (!(number >= 0 && number <= 65_535)) throw new AddressError(`address ${port}: invalid port`);
  return number === 0 ? 0 : number;
}

async function ipOf(host: string): Promise<string> {
  if (isIPv6(host) && !host.includes('%')) return new SocketAddress({ address: host, family: 'ipv6' }).address;
  if (isIP(host) !== 0) return host;
  // The system's resolver would take `127.1` for an address; the original does not.
  if (/^[0-9.]+$/.test(host)) return noSuchHost(host);
  return (await firstIp(host)) ?? noSuchHost(host);
}

async function firstIp(host: string): Promise<string | undefined> {
  try {
    const [first] = await lookup(host, { all: true, order: 'ipv4first' });
    return first?.address;
  } catch {
    return undefined;
  }
}

function noSuchHost(host: string): never {
  throw new AddressError(`lookup ${host}: no such host`);
}
