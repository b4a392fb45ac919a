/** Waits until a node says that it is ready, and tells its last words if it never does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ChaosError } from '../errors.ts';
import type { Platform } from './platform.ts';

const readyWithinMs = 60_000;
const askWithinMs = 1_000;
const pollMs = 100;
const lastWordsBytes = 2_000;
/** A node that was brought back more often than this while it should start will never be ready. */
const mostCrashes = 3;

export interface Awaiting {
  readonly node: string;
  readonly readyPath: string;
  /** How often the whole node has been brought back so far. */
  readonly crashes: () => Promise<number>;
  readonly signal: AbortSignal | undefined;
}

/** Throws `CHAOS_NOT_READY`. */
export async function awaitReady(
  platform: Pick<Platform, 'observerAddress' | 'logs'>,
  { node, readyPath, crashes, signal }: Awaiting,
): Promise<void> {
  const url = `http://${platform.observerAddress(node)}${readyPath}`;
  const deadline = performance.now() + readyWithinMs;
  let crashed = 0;
  let last = 'no answer';
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    last = await ask(url);
    if (last === 'ready') return;
    crashed = await crashes();
    if (crashed > mostCrashes) break;
    await sleep(pollMs);
  }
  const words = await platform.logs(node, lastWordsBytes).catch(() => '(its log cannot be read)');
  const what = crashed > mostCrashes ? 'ends again and again' : `was not ready within ${readyWithinMs} ms`;
  throw new ChaosError('CHAOS_NOT_READY', `${node} ${what} (${readyPath}: ${last}); its log ends:\n${words}`);
}

async function ask(url: string): Promise<string> {
  try {
    const { status, body } = await fetch(url, { signal: AbortSignal.timeout(askWithinMs) });
    await body?.cancel();
    return status === 200 ? 'ready' : `status ${status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
