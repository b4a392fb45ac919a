/** How many runs this machine can take side by side without disturbing each other's measurements. */
import { availableParallelism } from 'node:os';
import type { PlatformName } from '../platform/platform.ts';

export interface Machine {
  readonly cores: number;
  /** What processes may still use, of a container's limit where there is one. */
  readonly freeBytes: number;
}

/** What the layers, the proxies, the Prometheus and the harness of one run take: 690 MiB at most were measured on local. */
const bytesOfARun = 750e6;

export function thisMachine(): Machine {
  return { cores: availableParallelism(), freeBytes: process.availableMemory() };
}

/**
 * As many as there are cores: a run waits most of the time, but layers that boot at the same moment starve each other, and what is found on
 * a starved machine proves nothing. On docker half as many: an engine takes a share of its own for every process that it is told to look
 * at. Memory is the other limit; there is always one.
 */
export function workersFor({ cores, freeBytes }: Machine, platform: PlatformName): number {
  const forCores = platform === 'docker' ? Math.floor(cores / 2) : cores;
  return Math.max(1, Math.min(forCores, Math.floor(freeBytes / bytesOfARun)));
}
