/** Ports for one run: free, and out of the range from which the kernel gives ports to outgoing connections, which could else take one while a layer is down. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { InvalidInput } from '../../errors.ts';

export const loopback = '127.0.0.1';
/** Below are the ports that programs are known by. */
const lowest = 10_240;
const highest = 65_535;
/** A run takes whole blocks; the first port of each is its lock. */
const blockSize = 32;

export interface PortClaim extends AsyncDisposable {
  readonly ports: readonly number[];
}

/** First ports of all blocks outside the kernel's range, given as in /proc/sys/net/ipv4/ip_local_port_range. */
export function portBlocks(ephemeral: string): readonly number[] {
  const [from = 0, to = highest] = ephemeral.trim().split(/\s+/).map(Number);
  const blocks: number[] = [];
  for (let first = lowest; first + blockSize - 1 <= highest; first += blockSize) {
    if (first + blockSize - 1 < from || first > to) blocks.push(first);
  }
  return blocks;
}

export function ephemeralRange(): string {
  return readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
}

/**
 * Claims at least `count` ports until disposed. The harness listens on the first port of each block as long as the claim stands: the
 * kernel keeps that lock, among all users of this machine, and gives it back when the harness is killed. `name` decides where the
 * search begins, so that runs side by side seldom meet. Throws `CHAOS_PORTS`.
 */
export async function claimPorts(
  count: number,
  name: string,
  blocks = portBlocks(ephemeralRange()),
): Promise<PortClaim> {
  const locks: Server[] = [];
  const ports: number[] = [];
  const release = async () => {
    await Promise.all(locks.splice(0).map(closed));
  };
  const start = blocks.length === 0 ? 0 : createHash('sha256').update(name).digest().readUInt32BE() % blocks.length;
  for (const first of [...blocks.slice(start), ...blocks.slice(0, start)]) {
    if (ports.length >= count) break;
    const lock = await listening(first);
    if (lock === undefined) continue;
    const rest = Array.from({ length: blockSize - 1 }, (_, index) => first + 1 + index);
    if (await allFree(rest)) {
      locks.push(lock);
      ports.push(...rest);
    } else await closed(lock);
  }
  if (ports.length >= count) return { ports, [Symbol.asyncDispose]: release };
  await release();
  throw new InvalidInput('CHAOS_PORTS', `no ${count} ports of this machine are free for a run (from ${lowest} on)`, {
    mend: 'end what takes them (ss -ltn shows it), or narrow the range of outgoing ports: sysctl net.ipv4.ip_local_port_range="32768 60999"',
  });
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  const probes = await Promise.all(ports.map(listening));
  await Promise.all(probes.map((probe) => probe && closed(probe)));
  return !probes.includes(undefined);
}

async function listening(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen({ port, host: loopback, exclusive: true }), 'listening');
    return server.unref();
  } catch {
    return undefined;
  }
}

async function closed(server: Server): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
}
