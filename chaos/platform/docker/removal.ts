/** Finds and removes what runs made, by its labels: used to clean up, to recover, and when a start fails. */
import { ChaosError } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Dockerode } from './engine.ts';
import { folderLabel, harnessLabel, runLabel } from './labels.ts';

export interface RunRemains {
  readonly runId: string;
  /** Process that made it; see `harnessName()`. */
  readonly harness: string;
  readonly folder: string;
  readonly containers: readonly { readonly id: string; readonly name: string }[];
  readonly networks: readonly { readonly id: string; readonly name: string }[];
}

const callWithinMs = 30_000;
const rounds = 10;

/** Everything there is of one run, or of all runs, in whatever state. */
export async function findRemains(dockerode: Dockerode, runId?: string): Promise<readonly RunRemains[]> {
  const filters = { label: [runId === undefined ? runLabel : `${runLabel}=${runId}`] };
  const [containers, networks] = await withDeadline(
    Promise.all([dockerode.listContainers({ all: true, filters }), dockerode.listNetworks({ filters })]),
    callWithinMs,
    'listing containers and networks',
  );
  const labelsOfRuns = new Map(
    [...networks, ...containers].map(({ Labels }) => [Labels?.[runLabel] ?? '', Labels ?? {}]),
  );
  return [...labelsOfRuns].map(([id, labels]) => ({
    runId: id,
    harness: labels[harnessLabel] ?? '',
    folder: labels[folderLabel] ?? '',
    containers: containers
      .filter(({ Labels }) => Labels[runLabel] === id)
      .map(({ Id, Names }) => ({ id: Id, name: Names[0]?.replace(/^\//, '') ?? Id.slice(0, 12) })),
    networks: networks
      .filter(({ Labels }) => Labels?.[runLabel] === id)
      .map(({ Id, Name }) => ({ id: Id, name: Name })),
  }));
}

/** Removes it by force. What is gone already, or going, is as good as removed. */
async function removeRemains(dockerode: Dockerode, { containers, networks }: RunRemains): Promise<void> {
  await Promise.all(
    containers.map(({ id, name }) =>
      goneIsFine(
        withDeadline(dockerode.getContainer(id).remove({ force: true, v: true }), callWithinMs, `removing ${name}`),
      ),
    ),
  );
  for (const { id, name } of networks) {
    await goneIsFine(withDeadline(dockerode.getNetwork(id).remove(), callWithinMs, `removing ${name}`));
  }
}

/** Removes a run until nothing of it is found: a container can still be in the making while its run is given up. */
export async function removeRun(dockerode: Dockerode, runId: string): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const remains = await findRemains(dockerode, runId);
    if (remains.length === 0) return;
    for (const run of remains) await removeRemains(dockerode, run);
  }
  throw new ChaosError('CHAOS_NOT_REMOVED', `something of the run ${runId} is still there after ${rounds} tries`, {
    mend: `docker ps --all --filter label=${runLabel}=${runId}`,
  });
}

async function goneIsFine(removal: Promise<unknown>): Promise<void> {
  try {
    await removal;
  } catch (error) {
    const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
    const goingAlready = status === 409 && /already in progress/.test((error as Error).message);
    if (status !== 404 && !goingAlready) throw error;
  }
}
