/** How this machine reaches the proxies of a run: straight at the container where that works, else through the published ports. */
import { connect } from 'node:net';
import type { StartedTestContainer } from 'testcontainers';
import { toxiproxyApiPort } from './layout.ts';

export type AddressOf = (port: number) => string;

const reachableWithinMs = 500;

/**
 * The direct way (Linux, engine on this machine) shows refusals and RSTs as they are. Published ports go through Docker's
 * userland proxy or a virtual machine, which turn both into a plain close.
 */
export async function addressesOf(toxiproxy: StartedTestContainer, network: string): Promise<AddressOf> {
  const direct = toxiproxy.getIpAddress(network);
  if (await isReachable(direct, toxiproxyApiPort)) return (port) => `${direct}:${port}`;
  return (port) => `${toxiproxy.getHost()}:${toxiproxy.getMappedPort(port)}`;
}

function isReachable(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: reachableWithinMs });
    const settle = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.on('connect', () => settle(true));
    socket.on('timeout', () => settle(false));
    socket.on('error', () => settle(false));
  });
}
