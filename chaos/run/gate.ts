/** A gate: scenarios run side by side against one target, and what comes of them together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import type { ExitReason } from '../exit-codes.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { RunResult } from './run.ts';
import type { RunListener } from './run-listener.ts';
import type { PlayedRun, PlayRequest } from './worker/messages.ts';

export interface GateRequest {
  readonly plans: readonly Plan[];
  readonly root: string;
  /** Absolute path; each run gets a folder of its own below. */
  readonly runsDir: string;
  /** How many runs there may be at a time. */
  readonly workers: number;
  /** Plays one run to its end; see `Workers`. */
  readonly play: (request: PlayRequest, listener: RunListener, signal: AbortSignal) => Promise<PlayedRun>;
  readonly signal: AbortSignal;
  /** The listener of a run, made right before it starts. */
  readonly listen: (plan: Plan, runId: string) => RunListener & { ended?(result: PlayedRun): void };
}

/** One result a scenario, in the order of the plans; after Ctrl-C, an input error or a fault that still stands, the rest is not started. */
export async function runGate(request: GateRequest): Promise<readonly PlayedRun[]> {
  const { plans, workers } = request;
  const results: (PlayedRun | undefined)[] = plans.map(() => undefined);
  const waiting = longestFirst(plans);
  let stopped = false;
  const work = async () => {
    for (let index = waiting.shift(); index !== undefined && !stopped; index = waiting.shift()) {
      const result = await playOne(request, plans[index] as Plan);
      results[index] = result;
      const reason = reasonOf(result);
      stopped ||= reason === 'interrupted' || reason === 'invalid' || reason === 'notUndone';
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, plans.length) }, work));
  return results.filter((result) => result !== undefined);
}

async function playOne({ root, runsDir, play, listen, signal }: GateRequest, plan: Plan): Promise<PlayedRun> {
  const runId = newRunId(plan);
  const listener = listen(plan, runId);
  const result = await play({ runId, runDir: join(runsDir, runId), root, plan }, listener, signal);
  listener.ended?.(result);
  return result;
}

/** Indexes of the plans. With the longest first, side by side, no worker is left with a long one at the end. */
function longestFirst(plans: readonly Plan[]): number[] {
  const lengthMs = ({ scenario, phasesMs }: Plan) =>
    scenario.steadyState.forMs + phasesMs.before + phasesMs.during + phasesMs.after;
  return plans
    .map((plan, index) => ({ index, ms: lengthMs(plan) }))
    .sort((a, b) => b.ms - a.ms)
    .map(({ index }) => index);
}

/** What one run says, as an exit reason. */
export function reasonOf({ verdict, interrupted, notUndone, error }: RunResult): ExitReason {
  if (notUndone.length > 0 || verdict?.exitCode === 4) return 'notUndone';
  if (interrupted) return 'interrupted';
  if (error instanceof InvalidInput) return 'invalid';
  return verdict?.outcome ?? 'inconclusive';
}

/** Sorts by time, tells what it was, and never comes twice: `20261122-174500-gateway-down-resilient-3f9a`. */
function newRunId({ scenarioName, target }: Plan): string {
  const time = new Date().toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${time}-${scenarioName}-${target}-${randomBytes(2).toString('hex')}`;
}
