/** Finds out before the start that a port is taken, and by whom. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { errorCode } from '../layer/errors.ts';
import { type LayerName, layerNames } from './addresses.ts';
import { portVariable, type StartConfig } from './start-config.ts';

/** A sentence for each thing to mend before all ports can be had. */
export async function takenPorts({ host, ports }: StartConfig): Promise<string[]> {
  const problems = await Promise.all(
    layerNames.map(async (layer) => {
      const code = await listenError(host, ports[layer]);
      return code === undefined ? undefined : problemOf(layer, host, ports[layer], code);
    }),
  );
  return [...new Set(problems.filter((problem) => problem !== undefined))];
}

function problemOf(layer: LayerName, host: string, port: number, code: string): string {
  const variable = portVariable(layer);
  switch (code) {
    case 'EADDRINUSE':
      return `port ${port} (${layer}) is in use${ownerText(port)}: end that process, or set ${variable} to a free port`;
    case 'EACCES':
      return `port ${port} (${layer}) may not be opened by this user: set ${variable} to a port from 1024 up`;
    default:
      return `cannot listen on ${host} (${code}): set OPENCLAW_HOST to an address of this machine`;
  }
}

function ownerText(port: number): string {
  const pid = listenerOf(port);
  // Another user's, or it has ended meanwhile, or it is the near end of some connection.
  if (pid === undefined) return ' by a process that cannot be seen from here';
  const home = /(?:^|\0)OPENCLAW_HOME=([^\0]*)/.exec(textOf(`/proc/${pid}/environ`))?.[1];
  const command = textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim().slice(0, 120);
  return ` by pid ${pid} (${command}${home === undefined ? '' : `, home ${home}`})`;
}

/** Undefined if nobody of this user listens there. */
function listenerOf(port: number): number | undefined {
  const inodes = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(textOf(table), port));
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  return namesIn('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .find((pid) => namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(targetOf(`/proc/${pid}/fd/${fd}`))));
}

/** From the kernel's table: `sl local_address rem_address st … inode`; state 0A listens, ports are hexadecimal. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(suffix) === true && state === '0A')
    .flatMap((fields) => (fields[9] === undefined ? [] : [fields[9]]));
}

async function listenError(host: string, port: number): Promise<string | undefined> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host, port, exclusive: true }, resolve);
    });
    await new Promise((resolve) => server.close(resolve));
    return undefined;
  } catch (error) {
    return errorCode(error) ?? String(error);
  }
}

function textOf(file: string): string {
  return reading(() => readFileSync(file, 'utf8'), '');
}

function targetOf(link: string): string {
  return reading(() => readlinkSync(link), '');
}

function namesIn(folder: string): string[] {
  return reading(() => readdirSync(folder), []);
}

/** Processes come and go, and those of others are closed to us. */
function reading<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
