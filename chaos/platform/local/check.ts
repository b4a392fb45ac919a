/** What the platform `local` needs on this machine, and whether it is there. */
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import type { Availability, Need } from '../platform.ts';
import { ephemeralRange, portBlocks } from './ports.ts';
import { serverFiles } from './servers.ts';

const oldestNode = 24;
const engine = resolve(import.meta.dirname, '../../../metrics/prometheus/engine/promql.wasm.br');

/** The machine as far as it matters here; tests give another. */
export interface Machine {
  readonly platform: string;
  readonly nodeVersion: string;
  readonly canRead: (path: string) => boolean;
  readonly canRun: (path: string) => boolean;
  /** As in /proc/sys/net/ipv4/ip_local_port_range. */
  readonly ephemeralRange: () => string;
}

const thisMachine: Machine = {
  platform: process.platform,
  nodeVersion: process.versions.node,
  canRead: (path) => isAllowed(path, constants.R_OK),
  canRun: (path) => isAllowed(path, constants.X_OK),
  ephemeralRange,
};

/** The most fundamental first. */
export function localNeeds(machine: Machine = thisMachine): readonly Need[] {
  const { platform, nodeVersion, canRead, canRun } = machine;
  if (platform !== 'linux') {
    const text = `no Linux: this machine runs ${platform}, which has no /proc to find a run's processes in`;
    return [{ state: 'unmet', text, mend: 'use the platform docker' }];
  }
  const files = [serverFiles.toxiproxy, serverFiles.prometheus, engine];
  const missing = files.filter((file) => !canRead(file));
  return [
    need(canRead('/proc/self/environ'), 'Linux, with processes and their environment in /proc', {
      text: 'no /proc that shows the environment of processes, by which those of a run are found',
      mend: 'mount /proc, or use the platform docker',
    }),
    need(Number.parseInt(nodeVersion, 10) >= oldestNode, `Node ${nodeVersion}`, {
      text: `no Node ${oldestNode}: this is Node ${nodeVersion}`,
      mend: `npm ci brings Node ${oldestNode}, and npm run chaos uses it`,
    }),
    need(canRun('/bin/sh'), '/bin/sh', {
      text: 'no /bin/sh, which skills and the operator need',
      mend: 'install a POSIX shell',
    }),
    need(missing.length === 0, "Toxiproxy and Prometheus of this project's own", {
      text: `no ${missing.join(', ')}`,
      mend: 'these are part of this project: git checkout brings them back',
    }),
    portNeed(machine),
  ];
}

/** Can it run here? Tells the first need that is not met. */
export function checkMachine(machine: Machine = thisMachine): Availability {
  const unmet = localNeeds(machine).find(({ state }) => state === 'unmet');
  if (unmet === undefined) return { available: true, detail: `Node ${machine.nodeVersion} on Linux` };
  return { available: false, tried: unmet.text.replace(/^no /, ''), mend: unmet.mend ?? '' };
}

/** What was left behind is found and ended with nothing but /proc. */
export function checkProcesses(machine: Machine = thisMachine): Availability {
  const [processes] = localNeeds(machine);
  if (processes?.state !== 'unmet') return { available: true, detail: 'Linux' };
  return { available: false, tried: processes.text.replace(/^no /, ''), mend: processes.mend ?? '' };
}

function portNeed(machine: Machine): Need {
  const given = machine.ephemeralRange();
  const range = given.trim().replace(/\s+/, ' to ');
  return need(portBlocks(given).length > 0, `ports beside ${range}, which the kernel gives to outgoing connections`, {
    text: `no ports but ${range}, which the kernel gives to outgoing connections: one could take a layer's while it is down`,
    mend: 'sysctl net.ipv4.ip_local_port_range="32768 60999"',
  });
}

function need(met: boolean, found: string, lack: { readonly text: string; readonly mend: string }): Need {
  return met ? { state: 'met', text: found } : { state: 'unmet', ...lack };
}

function isAllowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
