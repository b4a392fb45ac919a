/** Ends what runs left behind whose harness was killed, and says what. */
import { closeUndoLog } from '../../undo.ts';
import { harnessLife } from '../harness-process.ts';
import { leftAlone } from '../left-alone.ts';
import { endRun } from './end-run.ts';
import type { FoundProcess } from './process-table.ts';
import { findRemains, type RunRemains } from './remains.ts';

/** A run that may still be alive is left alone unless it is named. */
export async function recoverLocal(runId?: string): Promise<readonly string[]> {
  const said: string[] = [];
  for (const run of findRemains(runId)) {
    const life = runId === undefined ? harnessLife(run.harness) : 'gone';
    said.push(...(life === 'gone' ? await removeOne(run) : [leftAlone(run.run, run.harness, life)]));
  }
  return said;
}

/** SIGKILL ends a stopped process too: a fault of that kind needs no undo of its own, nor does one in a Toxiproxy that is gone. */
async function removeOne(remains: RunRemains): Promise<readonly string[]> {
  const { run, folder } = remains;
  const killed = await endRun(remains);
  const faults = await closeUndoLog(folder);
  return [
    ...faults.map(({ fault, step }) => `${run}: fault ${fault} (${step.do}) ended with its processes`),
    ...killed.map((found) => `${run}: removed ${described(found)}`),
    ...(faults.length + killed.length === 0 ? [`${run}: removed the note of a run of which nothing was left`] : []),
  ];
}

function described({ part, pid, state }: FoundProcess): string {
  return `process ${pid} of ${part.replace(/^@/, '')}${state === 'T' ? ', which was stopped' : ''}`;
}
