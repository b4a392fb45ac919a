/** Ends what runs left behind whose harness was killed, and says what. */
import { ChaosError } from '../../errors.ts';
import { closeUndoLog } from '../../undo.ts';
import { harnessLife } from '../harness-process.ts';
import { leftAlone } from '../left-alone.ts';
import { endRun } from './end-run.ts';
import type { FoundProcess } from './process-table.ts';
import { findRemains, type RunRemains } from './remains.ts';

/** See `PlatformProvider`. A run that cannot be ended keeps none of the others standing. Throws `CHAOS_NOT_REMOVED`, with all that was done. */
export async function recoverLocal(
  runId?: string,
  evenIfAlive: boolean = runId !== undefined,
): Promise<readonly string[]> {
  const said: string[] = [];
  const failures: Error[] = [];
  for (const remains of findRemains(runId)) {
    const { run, harness } = remains;
    const life = evenIfAlive ? 'gone' : harnessLife(harness);
    if (life !== 'gone') said.push(leftAlone(run, harness, life));
    else {
      await removeOne(remains, (line) => said.push(`${run}: ${line}`)).catch((error: Error) => {
        failures.push(error);
        said.push(`${run}: not ended: ${error.message}`);
      });
    }
  }
  const [first] = failures;
  if (first === undefined) return said;
  const mend = first instanceof ChaosError ? first.mend : undefined;
  throw new ChaosError('CHAOS_NOT_REMOVED', said.join('\n'), { cause: first, ...(mend !== undefined && { mend }) });
}

/** SIGKILL ends a stopped process too: a fault of that kind needs no undo of its own, nor does one in a Toxiproxy that is gone. */
async function removeOne(remains: RunRemains, say: (line: string) => void): Promise<void> {
  const killed = await endRun(remains);
  for (const found of killed) say(`removed ${described(found)}`);
  const faults = await closeUndoLog(remains.folder);
  for (const { fault, step } of faults) say(`fault ${fault} (${step.do}) ended with its processes`);
  if (faults.length + killed.length === 0) say('removed the note of a run of which nothing was left');
}

function described({ part, pid, state }: FoundProcess): string {
  return `process ${pid} of ${part.replace(/^@/, '')}${state === 'T' ? ', which was stopped' : ''}`;
}
