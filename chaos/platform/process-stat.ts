/** Reads what the kernel says about a process in /proc/PID/stat. */
import type { ProcessIdentity } from './platform.ts';

export interface ProcessStat extends ProcessIdentity {
  /** Pid of its parent. */
  readonly parent: number;
}

/** Undefined if the text is not a stat line. The name in parentheses may hold spaces and parentheses, so fields count from the last one. */
export function parseProcessStat(text: string): ProcessStat | undefined {
  const pid = Number.parseInt(text, 10);
  const fields = text
    .slice(text.lastIndexOf(')') + 1)
    .trim()
    .split(/\s+/);
  // The state is field 3 of proc(5), the parent field 4, the start time field 22.
  const [state, parent, startTicks] = [fields[0], Number(fields[1]), Number(fields[19])];
  if (!Number.isInteger(pid) || !text.includes(')') || !state?.match(/^[A-Za-z]$/) || !Number.isInteger(startTicks)) {
    return undefined;
  }
  return { pid, startTicks, state, parent };
}
