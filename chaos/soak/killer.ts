/** Kills layers at random moments, one after the other, and learns how long each takes to be ready again. */
import { setTimeout as delay } from 'node:timers/promises';
import { httpText } from '../drivers/http-json.ts';
import { ChaosError } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import type { Platform } from '../platform/platform.ts';
import type { Chance } from './chance.ts';

export interface KillOptions {
  readonly kills: number;
  readonly manifest: Manifest;
  readonly platform: Platform;
  readonly chance: Chance;
  readonly signal: AbortSignal;
  readonly onKill: (killed: number) => void;
}

export interface Killed {
  /** Kills that hit a living process, by node. */
  readonly byNode: ReadonlyMap<string, number>;
  /** From a kill to the first answer of readiness, in ms, by node. A kill that hits before that leaves none. */
  readonly readyAfterMs: ReadonlyMap<string, readonly number[]>;
}

/** Between one kill and the next: often less than a layer takes to come back, so that kills hit starting layers too. */
const longestPauseMs = 1_600;
const pollMs = 15;
const pollTimeoutMs = 500;
const readyWithinMs = 30_000;
/** Layers that crash at each start are waited for by their supervisor, longer and longer: up to half a minute. */
const aliveWithinMs = 60_000;

/** Throws `CHAOS_SOAK` if no layer comes back. Resolves after the last kill. What was measured goes on being added to until every layer that was killed is ready. */
export async function killAtRandom(options: KillOptions): Promise<Killed & { readonly settled: Promise<void> }> {
  const { kills, manifest, platform, chance, signal, onKill } = options;
  const nodes = Object.keys(manifest.nodes) as [string, ...string[]];
  const byNode = new Map(nodes.map((node) => [node, 0]));
  const readyAfterMs = new Map<string, number[]>(nodes.map((node) => [node, []]));
  const lives = new Map<string, number>();
  const measuring: Promise<void>[] = [];
  let hitMs = performance.now();
  for (let killed = 0; killed < kills; ) {
    await delay(chance.between(0, longestPauseMs), undefined, { signal });
    if (performance.now() - hitMs > aliveWithinMs) {
      throw new ChaosError(
        'CHAOS_SOAK',
        `no layer has been alive for ${aliveWithinMs / 1000} s: there is nothing to kill`,
      );
    }
    const node = chance.pick(nodes);
    // It may be down from an earlier kill, or end by itself in this very moment: that is no kill.
    const killedMs = performance.now();
    if (!(await killIfAlive(platform, node))) continue;
    hitMs = killedMs;
    killed += 1;
    byNode.set(node, (byNode.get(node) ?? 0) + 1);
    onKill(killed);
    const life = (lives.get(node) ?? 0) + 1;
    lives.set(node, life);
    const isLatest = () => lives.get(node) === life;
    measuring.push(
      untilReady(platform, manifest, node, isLatest, signal).then((readyMs) => {
        if (readyMs !== undefined && isLatest()) readyAfterMs.get(node)?.push(readyMs - killedMs);
      }),
    );
  }
  return { byNode, readyAfterMs, settled: Promise.all(measuring).then(() => undefined) };
}

async function killIfAlive(platform: Platform, node: string): Promise<boolean> {
  const before = await platform.process(node);
  if (before === undefined || before.state === 'Z') return false;
  try {
    await platform.signal(node, 'SIGKILL');
  } catch {
    return false;
  }
  return true;
}

/** When the node's own word is that it is ready, of the process that came after the one that was killed; undefined if it does not come. */
async function untilReady(
  platform: Platform,
  manifest: Manifest,
  node: string,
  isLatest: () => boolean,
  signal: AbortSignal,
): Promise<number | undefined> {
  const address = platform.observerAddress(node);
  const path = manifest.nodes[node]?.readyPath ?? '/ready';
  const deadline = performance.now() + readyWithinMs;
  while (isLatest() && !signal.aborted && performance.now() < deadline) {
    const answer = await httpText({ address, path, timeoutMs: pollTimeoutMs }).catch(() => undefined);
    // Killed, it cannot answer: whoever does is its successor.
    if (answer?.status === 200) return performance.now();
    await delay(pollMs);
  }
  return undefined;
}
