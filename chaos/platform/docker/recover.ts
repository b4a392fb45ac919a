/** Removes what runs left behind whose harness was killed, and says what. Images stay: they belong to no run. */
import { closeUndoLog } from '../../undo.ts';
import { harnessLife } from '../harness-process.ts';
import { leftAlone } from '../left-alone.ts';
import { connectEngine, type Dockerode } from './engine.ts';
import { findRemains, type RunRemains, removeRun } from './removal.ts';

/** See `PlatformProvider`. */
export async function recoverDocker(
  runId?: string,
  evenIfAlive: boolean = runId !== undefined,
): Promise<readonly string[]> {
  const { dockerode } = (await connectEngine()).container;
  const said: string[] = [];
  for (const run of await findRemains(dockerode, runId)) {
    const life = evenIfAlive ? 'gone' : harnessLife(run.harness);
    said.push(...(life === 'gone' ? await removeOne(dockerode, run) : [leftAlone(run.runId, run.harness, life)]));
  }
  return said;
}

async function removeOne(dockerode: Dockerode, run: RunRemains): Promise<readonly string[]> {
  await removeRun(dockerode, run.runId);
  // The faults went with the containers that they were in.
  const faults = await closeUndoLog(run.folder);
  return [
    ...faults.map(({ fault, step }) => `${run.runId}: fault ${fault} (${step.do}) ended with its containers`),
    ...run.containers.map(({ name }) => `${run.runId}: removed container ${name}`),
    ...run.networks.map(({ name }) => `${run.runId}: removed network ${name}`),
  ];
}
