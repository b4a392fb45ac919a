/** Signals one process and never another that has got its pid: start time and mark are looked at right before. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import type { ProcessIdentity } from '../platform.ts';
import { type FoundProcess, isSameProcess, processesOf, processOf, type Sought } from './process-table.ts';

const roundMs = 10;
/** Twice nothing: a process that is just being made, or is just becoming another program, shows no environment for a moment. */
const emptyRounds = 2;
const goneWithinMs = 15_000;

/** Whether it was delivered: not to a process that has ended, nor to one that started at another time. Throws what the kernel says otherwise. */
export function signalExactly(process: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(processOf(process.pid), process)) return false;
  try {
    globalThis.process.kill(process.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** SIGKILL of everything that belongs to a run, or to one part of it, until nothing is left. Tells what was there. Throws `CHAOS_NOT_REMOVED`. */
export async function killAllOf(sought: Sought, part?: string): Promise<readonly FoundProcess[]> {
  const killed = new Map<string, FoundProcess>();
  const deadline = performance.now() + goneWithinMs;
  for (let empty = 0; empty < emptyRounds; ) {
    const left = processesOf(sought).filter((found) => part === undefined || found.part === part);
    for (const found of left) {
      if (signalExactly(found, 'SIGKILL')) killed.set(`${found.pid} ${found.startTicks}`, found);
    }
    empty = left.length === 0 ? empty + 1 : 0;
    if (left.length > 0 && performance.now() > deadline) throw notKilled(sought, left);
    if (empty < emptyRounds) await sleep(roundMs);
  }
  return [...killed.values()];
}

function notKilled({ run }: Sought, left: readonly FoundProcess[]): ChaosError {
  const names = left.map(({ part, pid, state }) => `${part} (pid ${pid}, state ${state})`).join(', ');
  return new ChaosError(
    'CHAOS_NOT_REMOVED',
    `of the run ${run} there is still ${names}, ${goneWithinMs} ms after SIGKILL`,
    {
      mend: `a process in state D waits for a disk or a file server; when that answers: npm run chaos -- recover ${run}`,
    },
  );
}
