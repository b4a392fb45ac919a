/** The gate's side: plays a run in a process of its own, and cleans up after one that dies. */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ChaosError } from '../../errors.ts';
import type { PlatformProvider } from '../../platform/platform.ts';
import { quiet, type RunListener } from '../run-listener.ts';
import {
  errorFromWire,
  type PlayedRun,
  type PlayRequest,
  type ToGate,
  type ToWorker,
  type WireResult,
} from './messages.ts';

/** Lines that a worker wrote before it died, which say why. */
const keptLines = 20;
const streamsEndWithinMs = 2_000;
/** What a dead worker was still making may appear after the first look. */
const recoverRounds = 5;
const betweenRoundsMs = 500;

export interface Workers {
  play(request: PlayRequest, listener: RunListener, signal: AbortSignal): Promise<PlayedRun>;
  /** Of the workers that live. */
  pids(): readonly number[];
}

/** `entry` is the program of a worker, `main.ts` beside this file but for tests. */
export function workersOn(provider: PlatformProvider, entry = new URL('./main.ts', import.meta.url)): Workers {
  const alive = new Set<ChildProcess>();
  return {
    pids: () => [...alive].flatMap(({ pid }) => pid ?? []),
    play: async (request, given, signal) => {
      const listener = quiet(given);
      // In a process group of its own, or Ctrl-C on a terminal would reach it, and whatever it started, at the same time as the gate.
      const child = fork(entry, {
        detached: true,
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      alive.add(child);
      const end = await outcomeOf(child, request, listener, signal);
      alive.delete(child);
      const { runId, runDir, plan } = request;
      if ('result' in end) {
        const { error, ...result } = end.result;
        return { runId, runDir, plan, ...result, ...(error && { error: errorFromWire(error) }) };
      }
      const notUndone = await removeRemains(provider, runId, listener);
      return {
        runId,
        runDir,
        plan,
        interrupted: signal.aborted,
        notUndone,
        ...(!signal.aborted && { error: deathOf(runDir, end) }),
      };
    },
  };
}

type End = { readonly result: WireResult } | { readonly died: string; readonly lastWords: readonly string[] };

/** Resolves when the process is gone. */
async function outcomeOf(
  child: ChildProcess,
  request: PlayRequest,
  listener: Required<RunListener>,
  signal: AbortSignal,
): Promise<End> {
  let result: WireResult | undefined;
  const lastWords: string[] = [];
  child.on('message', (message: ToGate) => {
    if (message.say === 'result') result = message.result;
    else (listener[message.say] as (what: unknown) => void)(message.what);
  });
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      lastWords.push(line);
      if (lastWords.length > keptLines) lastWords.shift();
      listener.progress(line);
    });
  }
  const stop = () => tell(child, { say: 'stop' });
  const { promise: died, resolve } = Promise.withResolvers<string>();
  child.on('error', (error) => child.pid === undefined && resolve(error.message));
  child.on('exit', (code, name) => {
    const how = name ?? `exit code ${code}`;
    // Until all that it said has arrived; what it started may hold its streams open for good.
    child.on('close', () => resolve(how));
    setTimeout(resolve, streamsEndWithinMs, how);
  });
  tell(child, { say: 'play', request });
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  try {
    const how = await died;
    return result === undefined ? { died: how, lastWords } : { result };
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** A worker that is gone shows in its end. */
function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => {});
}

/** What of it could not be removed: its faults may still stand. */
async function removeRemains(
  provider: PlatformProvider,
  runId: string,
  listener: Required<RunListener>,
): Promise<readonly string[]> {
  try {
    for (let round = 0; round < recoverRounds; round++) {
      const said = await provider.recover(runId);
      for (const line of said) listener.progress(line);
      if (round > 0 && said.length === 0) return [];
      await delay(betweenRoundsMs);
    }
    return [`something of ${runId} is still there after ${recoverRounds} tries to remove it`];
  } catch (error) {
    return [`what its dead process left: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function deathOf(runDir: string, { died, lastWords }: Extract<End, { died: string }>): ChaosError {
  const words = lastWords.length === 0 ? '' : `; it last wrote:\n${lastWords.join('\n')}`;
  return new ChaosError(
    'CHAOS_WORKER',
    `its harness process died (${died}), which says nothing of the system${words}`,
    {
      mend: `what it left was removed; what it had observed stands in ${join(runDir, 'journal.ndjson')}`,
    },
  );
}
