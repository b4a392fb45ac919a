/** Repeats a blow every so often for as long as a timeline entry stands, and keeps count of what landed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultContext, Proof } from './fault.ts';

export interface BlowTally {
  readonly dealt: number;
  /** Evidence of each blow that was not seen to take effect. */
  readonly failed: readonly string[];
  readonly summary: string;
}

/** Deals blows at 0, `everyMs`, 2·`everyMs` … below `forMs` (always the first; only it without `everyMs`); one that is overtaken by the next due time is not caught up. */
export async function repeatBlows(
  everyMs: number | undefined,
  { forMs, signal, onBlow }: Pick<FaultContext, 'forMs' | 'signal' | 'onBlow'>,
  blow: () => Promise<Proof>,
): Promise<BlowTally> {
  const start = performance.now();
  const proofs: Proof[] = [];
  for (let dueMs = 0; dueMs === 0 || dueMs < forMs; dueMs = nextDue(dueMs, everyMs, performance.now() - start)) {
    await sleepUntil(start + dueMs, signal);
    if (signal.aborted) break;
    const proof = await blow();
    proofs.push(proof);
    if (proof.proved) onBlow(proof.evidence);
  }
  return tallyOf(proofs);
}

/** A timer may fire a little early, so the next time is reckoned from the last one and not from the clock alone. */
function nextDue(dueMs: number, everyMs: number | undefined, elapsedMs: number): number {
  if (everyMs === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(dueMs + everyMs, Math.ceil(elapsedMs / everyMs) * everyMs);
}

async function sleepUntil(atMs: number, signal: AbortSignal): Promise<void> {
  // Being aborted is not an error here: the conductor undoes the fault and says that the run was interrupted.
  await sleep(Math.max(0, atMs - performance.now()), undefined, { signal }).catch(() => undefined);
}

function tallyOf(proofs: readonly Proof[]): BlowTally {
  const failed = proofs.filter(({ proved }) => !proved).map(({ evidence }) => evidence);
  const landed = proofs.length - failed.length;
  const detail = failed[0] ?? proofs[0]?.evidence ?? 'none dealt';
  return { dealt: proofs.length, failed, summary: `${landed} of ${proofs.length} blows took effect: ${detail}` };
}
