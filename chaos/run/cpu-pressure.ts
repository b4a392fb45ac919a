/**
 * Watches how long processes of this machine wait for a processor, as Linux counts it (`/proc/pressure/cpu`, "some"). On a machine with
 * more to do than it can, layers start slowly and skills run late, which looks like a broken system and says nothing of it.
 */
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';

const sampleMs = 1_000;
/** A busy second is nothing: what starts a layer fills two cores. */
const windowMs = 5_000;
/** Of the window, the share in which at least one process that could run had to wait. */
const starvedFrom = 0.9;

/** When the kernel was read, and for how long in all somebody had waited until then. */
export interface PressureSample {
  readonly atMs: number;
  readonly waitedMs: number;
}

export interface Starvation {
  readonly from: number;
  readonly to: number;
  /** Largest share of any window in it. */
  readonly share: number;
}

export class CpuPressureWatch implements AsyncDisposable {
  readonly #samples: PressureSample[] = [];
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(read: () => Promise<string> = () => readFile('/proc/pressure/cpu', 'utf8')) {
    this.#done = this.#watch(read);
  }

  /** Until now; empty where the kernel does not count. */
  get starvations(): readonly Starvation[] {
    return starvationsIn(this.#samples);
  }

  async #watch(read: () => Promise<string>): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const waitedMs = waitedIn(await read().catch(() => ''));
      if (waitedMs === undefined) return;
      this.#samples.push({ atMs: nowMs(), waitedMs });
      await delay(sampleMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

/** The kernel counts microseconds. Undefined if the text is not its. */
export function waitedIn(text: string): number | undefined {
  const total = /^some .*\btotal=(\d+)$/m.exec(text)?.[1];
  return total === undefined ? undefined : Number(total) / 1_000;
}

/** Windows that overlap or touch are one. */
export function starvationsIn(samples: readonly PressureSample[]): readonly Starvation[] {
  const found: Starvation[] = [];
  for (const [index, last] of samples.entries()) {
    const first = samples.findLast(({ atMs }, at) => at < index && last.atMs - atMs >= windowMs);
    if (first === undefined) continue;
    const share = Math.min(1, (last.waitedMs - first.waitedMs) / (last.atMs - first.atMs));
    if (share < starvedFrom) continue;
    const before = found.at(-1);
    if (before === undefined || before.to < first.atMs) found.push({ from: first.atMs, to: last.atMs, share });
    else found[found.length - 1] = { ...before, to: last.atMs, share: Math.max(before.share, share) };
  }
  return found;
}
