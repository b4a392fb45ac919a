/** A gate: scenarios run one after the other against one target, and what comes of them together. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { InvalidInput } from '../errors.ts';
import type { ExitReason } from '../exit-codes.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { PlatformProvider } from '../platform/platform.ts';
import { type RunResult, runScenario } from './run.ts';
import type { RunListener } from './run-listener.ts';

export interface GateRequest {
  readonly plans: readonly Plan[];
  readonly root: string;
  /** Absolute path; each run gets a folder of its own below. */
  readonly runsDir: string;
  readonly provider: PlatformProvider;
  readonly signal: AbortSignal;
  /** The listener of a run, made right before it starts. */
  readonly listen: (plan: Plan, runId: string) => RunListener & { ended?(result: RunResult): void };
}

/** One result a scenario, in order; after Ctrl-C, an input error or a fault that still stands, the rest is not started. */
export async function runGate({
  plans,
  root,
  runsDir,
  provider,
  signal,
  listen,
}: GateRequest): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  for (const plan of plans) {
    const runId = newRunId(plan);
    const listener = listen(plan, runId);
    const result = await runScenario({ runId, runDir: join(runsDir, runId), plan, root, provider, listener, signal });
    listener.ended?.(result);
    results.push(result);
    const reason = reasonOf(result);
    if (reason === 'interrupted' || reason === 'invalid' || reason === 'notUndone') break;
  }
  return results;
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
