/** Names a process that runs the harness, so that another process can tell whether that one still lives. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseProcessStat } from './process-stat.ts';

export type HarnessLife = 'alive' | 'gone' | 'elsewhere';

/** `HOST/PID/START`: a pid alone can be reused, and means nothing on another machine. */
export function harnessName(pid: number = process.pid): string {
  return `${hostname()}/${pid}/${startOf(pid) ?? 'unknown'}`;
}

/** `elsewhere`: it runs or ran on another machine, which can't be asked from here. */
export function harnessLife(name: string): HarnessLife {
  const [host, pid, start] = name.split('/');
  if (host !== hostname()) return 'elsewhere';
  return startOf(Number(pid)) === start ? 'alive' : 'gone';
}

/** When the process started, in the kernel's words; undefined if there is none (or only what is left of one). */
function startOf(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' })
        .trim()
        .replaceAll(/\W+/g, '-');
    }
    const stat = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return stat === undefined || stat.state === 'Z' ? undefined : String(stat.startTicks);
  } catch {
    return undefined;
  }
}
