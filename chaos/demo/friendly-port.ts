/** A port of this machine's loopback that people know by heart, if it is free; else the next that is. */
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { InvalidInput } from '../errors.ts';

export interface FriendlyPort extends AsyncDisposable {
  readonly port: number;
}

const tries = 10;
const host = '127.0.0.1';
/** Another address of the same loopback: who listens there has the port, though what he starts has yet to take it. */
const lockHost = '127.0.0.2';

/**
 * The first free one of `wanted` and the nine after it; of two that look at the same moment each gets another. The claim stands until
 * it is disposed, or this process dies. Throws `CHAOS_PORTS`.
 */
export async function friendlyPort(wanted: number): Promise<FriendlyPort> {
  for (let port = wanted; port < wanted + tries; port++) {
    const lock = await listening(lockHost, port);
    if (lock === 'taken') continue;
    const release = () => closed(lock);
    const free = await listening(host, port);
    await closed(free);
    if (free !== 'taken') return { port, [Symbol.asyncDispose]: release };
    await release();
  }
  throw new InvalidInput('CHAOS_PORTS', `none of the ports ${wanted} to ${wanted + tries - 1} is free`, {
    mend: 'end what takes them (ss -ltnp shows it)',
  });
}

/** Undefined where loopback has no such address (macOS): there nothing can be locked. */
async function listening(address: string, port: number): Promise<Server | 'taken' | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    await once(server.listen({ port, host: address, exclusive: true }), 'listening');
    return server.unref();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EADDRNOTAVAIL' ? undefined : 'taken';
  }
}

async function closed(server: Server | 'taken' | undefined): Promise<void> {
  if (typeof server === 'object') await new Promise((resolve) => server.close(resolve));
}
