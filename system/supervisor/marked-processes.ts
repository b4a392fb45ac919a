/** Finds and ends what an earlier start has left running, by the mark in its environment: a pid in a file may be somebody else's by now. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { supervisedVariable } from '../layer/supervision.ts';

/** Longer than a layer takes at most to close. */
const closeWithinMs = 10_000;
const pollMs = 50;

/** Pids of other processes of this user that are, or whose supervisor is, supervised under this pid file. A zombie has no environment. */
export function supervisedBy(pidFile: string): number[] {
  const mark = `${supervisedVariable}=${pidFile}`;
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => environmentOf(entry).split('\0').includes(mark))
    .map(Number);
}

/**
 * SIGTERM to each, SIGKILL to what is still there after 10 s; resolves to the pids that needed it once none is left. `found` is told
 * of those there are at first, if any.
 */
export async function endSupervisedBy(pidFile: string, found: (pids: readonly number[]) => void): Promise<number[]> {
  const asked = new Set<number>();
  const killed = new Set<number>();
  const killAt = performance.now() + closeWithinMs;
  for (;;) {
    const pids = supervisedBy(pidFile);
    if (pids.length === 0) return [...killed];
    if (asked.size === 0) found(pids);
    for (const pid of pids.filter((left) => !asked.has(left))) send(pid, 'SIGTERM', asked);
    if (performance.now() >= killAt) for (const pid of pids) send(pid, 'SIGKILL', killed);
    await sleep(pollMs);
  }
}

function send(pid: number, signal: NodeJS.Signals, told: Set<number>): void {
  told.add(pid);
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

/** Empty if the process is gone or another user's. */
function environmentOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8');
  } catch {
    return '';
  }
}
