/** Finds the Docker engine: the one that Testcontainers would use, within a deadline, or what was tried and how to get one. */
import { homedir } from 'node:os';
import { type ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers';
import { InvalidInput } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Availability } from '../platform.ts';

export type Engine = ContainerRuntimeClient;
export type Dockerode = Engine['container']['dockerode'];
export type Container = ReturnType<Dockerode['getContainer']>;

const answerWithinMs = 10_000;
const mend =
  'start Docker (Docker Desktop, or `sudo systemctl start docker` and your user in the group `docker`), or set DOCKER_HOST to an engine that answers';

/** Throws `CHAOS_ENGINE`. The client is cached by Testcontainers once an engine was found. */
export async function connectEngine(find: () => Promise<Engine> = getContainerRuntimeClient): Promise<Engine> {
  try {
    return await withDeadline(find(), answerWithinMs, 'the Docker engine');
  } catch (cause) {
    throw new InvalidInput('CHAOS_ENGINE', `no Docker engine answers; tried ${tried()}`, { mend, cause });
  }
}

export async function checkEngine(find?: () => Promise<Engine>): Promise<Availability> {
  try {
    const engine = await connectEngine(find);
    // A cached client says nothing about now.
    await withDeadline(engine.container.dockerode.ping(), answerWithinMs, 'the Docker engine');
    const { serverVersion, operatingSystem } = engine.info.containerRuntime;
    return { available: true, detail: `Docker ${serverVersion} on ${operatingSystem}` };
  } catch {
    return { available: false, tried: tried(), mend };
  }
}

function tried(): string {
  const given = process.env.DOCKER_HOST;
  const sockets = ['/var/run/docker.sock', `${homedir()}/.docker/run/docker.sock`].join(', ');
  return given ? `DOCKER_HOST=${given}, ${sockets}` : `${sockets} (DOCKER_HOST is not set)`;
}
