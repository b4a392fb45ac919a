/** Finds the Docker engine: the one that Testcontainers would use, within a deadline, or what was tried and how to get one. */
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { InvalidInput } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Availability } from '../platform.ts';
import { type Attempt, tryEndpoints } from './endpoints.ts';

export type Engine = ContainerRuntimeClient;
export type Dockerode = Engine['container']['dockerode'];
export type Container = ReturnType<Dockerode['getContainer']>;

const connectWithinMs = 10_000;
const mend =
  'start Docker (Docker Desktop, or `sudo systemctl start docker` and your user in the group `docker`), or set DOCKER_HOST to an engine that answers; or do without: --platform local';

/** Nobody answers, wherever an engine was looked for. */
export class NoEngine extends InvalidInput {
  /** Where, and why not. */
  readonly tried: string;

  constructor(attempts: readonly Attempt[], cause: unknown) {
    const { DOCKER_HOST: given } = process.env;
    const tried = attempts
      .map(
        ({ endpoint, failure }) =>
          `${endpoint === given ? 'DOCKER_HOST=' : ''}${endpoint} (${failure ?? messageOf(cause)})`,
      )
      .join(', ');
    super('CHAOS_ENGINE', `no Docker engine answers; tried ${tried}`, { mend, cause });
    this.tried = tried;
  }
}

/** Throws `NoEngine`, within 3 s if nobody answers. The client is cached by Testcontainers once an engine was found. */
export async function connectEngine(find: () => Promise<Engine> = getContainerRuntimeClient): Promise<Engine> {
  const attempts = await tryEndpoints();
  try {
    if (attempts.every(({ failure }) => failure !== undefined)) throw new Error('nobody answers');
    return await withDeadline(find(), connectWithinMs, 'the Docker engine');
  } catch (cause) {
    throw new NoEngine(attempts, cause);
  }
}

export async function checkEngine(find?: () => Promise<Engine>): Promise<Availability> {
  try {
    return { available: true, detail: engineText(await connectEngine(find)) };
  } catch (error) {
    if (!(error instanceof NoEngine)) throw error;
    return { available: false, tried: `Docker engine that answers at ${error.tried}`, mend };
  }
}

/** `Docker 28.1 on Debian GNU/Linux 12` */
export function engineText({ info }: Pick<Engine, 'info'>): string {
  return `Docker ${info.containerRuntime.serverVersion} on ${info.containerRuntime.operatingSystem}`;
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
