/** The process that a node's pid file names, seen and signalled from inside its container. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import type { ProcessIdentity } from '../platform.ts';
import { parseProcessStat } from '../process-stat.ts';
import type { Container, Engine } from './engine.ts';
import { ContainerDown, execIn, isDown } from './exec.ts';

const timeoutMs = 10_000;
const attempts = 3;
/** An explicit word for "no such process": no output at all would mean that nobody looked. */
const none = 'no process';

/** Undefined if there is no such process; throws if that could not be found out. */
export async function nodeProcess(
  engine: Engine,
  container: Container,
  pidFile: string,
): Promise<ProcessIdentity | undefined> {
  const script = `{ pid=$(cat "$1") && cat "/proc/$pid/stat"; } 2>/dev/null || echo '${none}'`;
  for (let attempt = 1; ; attempt++) {
    try {
      const { stdout } = await execIn(engine, container, {
        argv: ['sh', '-c', script, 'sh', pidFile],
        user: 'root',
        timeoutMs,
      });
      if (stdout.trim() === none) return undefined;
      const identity = parseProcessStat(stdout);
      if (identity !== undefined) return identity;
      // The container may have gone down while the shell was looking.
      if (await isDown(container)) return undefined;
    } catch (error) {
      if (error instanceof ContainerDown) return undefined;
      if (attempt === attempts) throw error;
    }
    if (attempt === attempts) throw new ChaosError('CHAOS_PROCESS_UNKNOWN', `cannot tell what ${pidFile} names`);
    await sleep(100);
  }
}

/** Throws unless the signal was delivered. */
export async function signalProcess(
  engine: Engine,
  container: Container,
  pidFile: string,
  signal: string,
): Promise<void> {
  const script = 'pid=$(cat "$1") && kill -s "$2" "$pid"';
  const argv = ['sh', '-c', script, 'sh', pidFile, signal.replace(/^SIG/, '')];
  const { exitCode, output } = await execIn(engine, container, { argv, user: 'root', timeoutMs });
  if (exitCode !== 0)
    throw new ChaosError('CHAOS_SIGNAL', `${signal} was not delivered to what ${pidFile} names: ${output.trim()}`);
}

/** What the init started first is the supervisor; what it has adopted since comes after it. Throws unless the signal was delivered. */
export async function signalSupervisor(engine: Engine, container: Container, signal: string): Promise<void> {
  const script = 'signal=$1; set -- $(cat /proc/1/task/1/children) && kill -s "$signal" "$1"';
  const argv = ['sh', '-c', script, 'sh', signal.replace(/^SIG/, '')];
  const { exitCode, output } = await execIn(engine, container, { argv, user: 'root', timeoutMs });
  if (exitCode !== 0)
    throw new ChaosError('CHAOS_SIGNAL', `${signal} was not delivered to the supervisor: ${output.trim()}`);
}

/** SIGKILL of what the init runs: the init ends, and with it everything else in the container. */
export async function killAll(engine: Engine, container: Container): Promise<void> {
  const script = 'kill -9 $(cat /proc/1/task/1/children)';
  try {
    const { exitCode, output } = await execIn(engine, container, {
      argv: ['sh', '-c', script],
      user: 'root',
      timeoutMs,
    });
    // 137: the shell went down with the rest; -1: the engine could not even say so any more.
    if (![0, 137, -1].includes(exitCode)) throw new ChaosError('CHAOS_SIGNAL', `nothing was killed: ${output.trim()}`);
  } catch (error) {
    if (!(error instanceof ContainerDown)) throw error;
  }
}
