/** Runs a command in a container, within a deadline, and keeps apart "the container is down" from "could not tell". */
import type { ExecResult } from 'testcontainers';
import { ChaosError } from '../../errors.ts';
import { withDeadline } from '../deadline.ts';
import type { Container, Engine } from './engine.ts';

export interface ExecRequest {
  readonly argv: readonly string[];
  readonly user: string;
  readonly timeoutMs: number;
  readonly env?: Record<string, string>;
}

/** Throws {@link ContainerDown} if there is no running container to run it in. */
export async function execIn(
  engine: Engine,
  container: Container,
  { argv, timeoutMs, ...options }: ExecRequest,
): Promise<ExecResult> {
  try {
    return await withDeadline(engine.container.exec(container, [...argv], options), timeoutMs, `exec ${argv[0]}`);
  } catch (cause) {
    if (await isDown(container)) throw new ContainerDown(container.id, cause);
    throw cause;
  }
}

export class ContainerDown extends ChaosError {
  constructor(id: string, cause?: unknown) {
    super('CHAOS_NODE_DOWN', `container ${id.slice(0, 12)} is not running`, { cause });
  }
}

export async function isDown(container: Container): Promise<boolean> {
  const { State: state } = await withDeadline(container.inspect(), 10_000, 'inspecting a container');
  return !state.Running || state.Restarting;
}
