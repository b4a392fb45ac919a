/** Resident memory of processes, as the kernel counts it. */
import { readFile } from 'node:fs/promises';
import type { Platform } from '../../platform/platform.ts';

/** Bytes of the node's own process; shared pages are counted in full. */
export async function residentBytes(platform: Platform, node: string): Promise<number> {
  const process = await platform.process(node);
  if (process === undefined) throw new Error(`${node} is not running`);
  return residentOf(process.pid);
}

/** Bytes of the process that started the node's own: its supervisor. */
export async function supervisorBytes(platform: Platform, node: string): Promise<number> {
  const process = await platform.process(node);
  const status = process && (await readFile(`/proc/${process.pid}/status`, 'utf8'));
  const parent = /^PPid:\s+(\d+)$/m.exec(status ?? '')?.[1];
  return parent === undefined ? 0 : residentOf(Number(parent));
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`/proc/${pid}/status tells no VmRSS`);
  return Number(kilobytes) * 1024;
}
