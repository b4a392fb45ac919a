/** From a SIGKILL, or a crash of the whole node, to the first answer of readiness. */
import { setTimeout as delay } from 'node:timers/promises';
import { httpText } from '../../drivers/http-json.ts';
import type { Manifest } from '../../manifest.ts';
import type { Platform } from '../../platform/platform.ts';

const pollMs = 10;
const pollTimeoutMs = 300;
const goneWithinMs = 5_000;
const readyWithinMs = 30_000;

/** Milliseconds. Throws if the node is not gone, or not back, in time. */
export async function recoveryMs(
  { platform, manifest }: { readonly platform: Platform; readonly manifest: Manifest },
  node: string,
  how: 'kill' | 'crash',
): Promise<number> {
  const before = how === 'kill' ? await identity(platform, node) : await platform.incarnation(node);
  const startedMs = performance.now();
  await (how === 'kill' ? platform.signal(node, 'SIGKILL') : platform.crash(node));
  const present = () => (how === 'kill' ? identity(platform, node) : platform.incarnation(node));
  while ((await present()) === before) {
    if (performance.now() - startedMs > goneWithinMs) throw new Error(`${node} was not gone after its ${how}`);
    await delay(1);
  }
  const address = platform.observerAddress(node);
  const path = manifest.nodes[node]?.readyPath ?? '/ready';
  for (;;) {
    const answer = await httpText({ address, path, timeoutMs: pollTimeoutMs }).catch(() => undefined);
    const afterMs = performance.now() - startedMs;
    if (answer?.status === 200) return afterMs;
    if (afterMs > readyWithinMs) throw new Error(`${node} was not ready ${readyWithinMs} ms after its ${how}`);
    await delay(pollMs);
  }
}

async function identity(platform: Platform, node: string): Promise<string | undefined> {
  const process = await platform.process(node);
  return process && `${process.pid}/${process.startTicks}`;
}
