/** Tells whether a process is still the one that was recorded: pids are reused, and start again with a container. Linux (`/proc`). */
import { readFileSync } from 'node:fs';

export interface ProcessIdentity {
  readonly pid: number;
  /** Kernel ticks from the host's boot to the process's start: with the boot's id, no two processes of one pid share it. */
  readonly startTicks: string;
  readonly bootId: string;
}

/** Boot of the host, and start of the container's first process: a restarted container is another one. */
export function currentBootId(): string {
  return `${readText('/proc/sys/kernel/random/boot_id').trim()}/${fieldsOf(readText('/proc/1/stat'))?.startTicks ?? '?'}`;
}

/** From a line of `/proc/PID/stat`; undefined if it is none. */
export function identityFromStat(stat: string, bootId: string): ProcessIdentity | undefined {
  const fields = fieldsOf(stat);
  return fields && { pid: fields.pid, startTicks: fields.startTicks, bootId };
}

/** A zombie counts as gone: it runs nothing any more. */
export function isAlive(identity: ProcessIdentity, bootId: string): boolean {
  if (identity.bootId !== bootId) return false;
  const fields = fieldsOf(readText(`/proc/${identity.pid}/stat`));
  return (
    fields !== undefined && fields.startTicks === identity.startTicks && fields.state !== 'Z' && fields.state !== 'X'
  );
}

interface StatFields {
  readonly pid: number;
  readonly state: string;
  readonly startTicks: string;
}

/** The command name (field 2) may hold spaces and brackets, so fields are counted from its last bracket. */
function fieldsOf(stat: string): StatFields | undefined {
  const pid = Number.parseInt(stat, 10);
  const rest = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [rest[0], rest[19]];
  if (!Number.isSafeInteger(pid) || state === undefined || startTicks === undefined) return undefined;
  return { pid, state, startTicks };
}

/** Empty if the process is gone or another user's. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
