/** Ctrl-C, SIGTERM and SIGHUP as one abort signal, and a crash of the harness too: runs end early, their faults are undone. */
import { ChaosError } from '../errors.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** On a terminal one Ctrl-C may come twice: from the terminal, and from npm, which passes it on. */
const sameWishMs = 1_000;

/** `pids` are the processes to be killed if the task hangs. Throws `CHAOS_CRASH` when the task has ended, if something threw where nobody could catch it. */
export async function withStopSignal<T>(
  task: (signal: AbortSignal) => Promise<T>,
  say: (text: string) => void,
  pids: () => readonly number[] = () => [process.pid],
): Promise<T> {
  const controller = new AbortController();
  let stoppedMs: number | undefined;
  let crash: ChaosError | undefined;
  const stop = (name: NodeJS.Signals) => {
    const now = performance.now();
    stoppedMs ??= now;
    // To leave at once would leave faults standing: a second wish gets an answer, not its way.
    if (!controller.signal.aborted) say(`${name}: stopping; undoing faults and removing what was started`);
    else if (now - stoppedMs > sameWishMs)
      say(`${name}: still at it. If it hangs: kill -9 ${pids().join(' ')}, then npm run chaos -- recover`);
    controller.abort();
  };
  const crashed = (cause: unknown) => {
    const detail = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
    crash ??= new ChaosError('CHAOS_CRASH', `the harness failed, which says nothing of the system: ${detail}`, {
      mend: 'if anything is left of the run: npm run chaos -- recover',
      cause,
    });
    controller.abort();
  };
  for (const name of signals) process.on(name, stop);
  process.on('uncaughtException', crashed);
  try {
    const outcome = await task(controller.signal);
    if (crash !== undefined) throw crash;
    return outcome;
  } finally {
    for (const name of signals) process.off(name, stop);
    process.off('uncaughtException', crashed);
  }
}
