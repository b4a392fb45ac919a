/** One pull of the runtime: what is pending at once, else what comes within its wait. */
import type { Command } from '../../layer/wire.ts';
import type { CommandStore } from './command-store.ts';
import type { CommandWaiters } from './command-waiters.ts';

export interface CommandPull {
  readonly holder: string;
  readonly waitMs: number;
  /** Aborted when whoever pulls is gone. */
  readonly gone: AbortSignal;
  readonly atMost: number;
}

/** Leased to the holder; none when the wait is over, or for nobody. */
export async function pullCommands(
  commands: CommandStore,
  waiters: CommandWaiters,
  { holder, waitMs, gone, atMost }: CommandPull,
): Promise<Command[]> {
  const until = performance.now() + waitMs;
  for (;;) {
    if (gone.aborted) return [];
    // One time for all: a lease that ran out between two looks at the clock would be waited for by nobody.
    const now = performance.now();
    const taken = commands.take(holder, atMost, now);
    const leftMs = until - now;
    if (taken.length > 0 || leftMs <= 0) return taken;
    // Another runtime may be gone with what it was given: the wait ends when its lease does.
    const waited = await waiters.wait(Math.min(leftMs, commands.freeIn(holder, now) ?? leftMs), gone);
    if (!waited) return gone.aborted ? [] : commands.take(holder, atMost);
  }
}
