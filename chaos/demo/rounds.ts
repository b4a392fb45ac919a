/**
 * Plays rounds one after the other. Each begins to watch before the one before it ends, so that there is no moment that nobody sees, and
 * no slot that nobody counts.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { nowMs } from '../observe/clock.ts';
import { together } from '../platform/together.ts';
import { setOutcome } from '../run/publish-verdict.ts';
import type { DrawnFault } from './fault-plan.ts';
import { Round } from './round.ts';
import type { Stage } from './stage.ts';

/** A fault that would not be over, and recovered from, so long before the end does not come any more. */
const recoveryMs = 8_000;
/** How long a round is in which no fault comes. */
const calmMs = 30_000;
/** How long the last round may take to be summed up: after Ctrl-C nobody wants to wait. */
const closeWithinMs = { over: 30_000, stopped: 4_000 };

/** Until the time is up (Unix ms), the stage's signal says so, or a fault cannot be undone. `draws` have no end; one without a fault is a round in which none comes. */
export async function playRounds(
  stage: Stage,
  draws: Iterator<DrawnFault | undefined>,
  untilMs: number,
): Promise<void> {
  const { signal, listener } = stage;
  let current: Round | undefined;
  let lastMs = nowMs();
  try {
    let round = await watched(stage, draws.next().value);
    current = round;
    round.begin();
    for (;;) {
      const { drawn } = round;
      const atMs = Math.max(nowMs(), lastMs + (drawn?.gapMs ?? calmMs));
      if (atMs + (drawn === undefined ? 0 : drawn.forMs + recoveryMs) > untilMs) break;
      listener.next(drawn && atMs);
      await round.strike(atMs);
      if (round.isStuck) return;
      lastMs = atMs;
      const next = await recoveredAndWatched(round, () => watched(stage, draws.next().value));
      // Closed first: its time ends where that of the next one begins.
      const closing = close(stage, round, signal);
      next.begin();
      round = next;
      current = next;
      await closing;
    }
    listener.next(undefined);
    await delay(Math.max(0, untilMs - nowMs()), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    const withinMs = signal.aborted ? closeWithinMs.stopped : closeWithinMs.over;
    if (current !== undefined) await close(stage, current, AbortSignal.timeout(withinMs));
  }
}

/** The round, watching already, beside the one that is played; its steady state is its own to tell. */
async function watched(stage: Stage, drawn: DrawnFault | undefined): Promise<Round> {
  const round = await Round.prepare(stage, drawn);
  try {
    await round.untilSteady();
    return round;
  } catch (error) {
    await round[Symbol.asyncDispose]();
    throw error;
  }
}

/** The next round, once this one's fault is recovered from. */
async function recoveredAndWatched(round: Round, watch: () => Promise<Round>): Promise<Round> {
  const watching = watch();
  try {
    const [next] = await together([watching, round.recover()]);
    return next;
  } catch (error) {
    await (await watching.catch(() => undefined))?.[Symbol.asyncDispose]();
    throw error;
  }
}

/** Tells what it showed, if it had the time to show anything: the signal may come first, or in the middle of a fault. */
async function close({ listener, recorder }: Stage, round: Round, signal: AbortSignal): Promise<void> {
  await using closed = round;
  const result = closed.isCutShort ? undefined : await unlessAborted(closed.close(), signal);
  // Where nothing was due, nothing was kept either.
  if (result === undefined || result.slots.due === 0) return listener.cutShort();
  setOutcome(recorder.registry, result.outcome);
  listener.ended(result);
}

async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const giveUp = () => resolve(undefined);
  // Nobody listens to it any more once it was given up.
  task.catch(() => {});
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([task, promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
  }
}
