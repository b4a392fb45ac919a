/** `run`: plays scenarios side by side and prints a verdict for each. */

import { exitCodeOf } from '../exit-codes.ts';
import { reasonOf, runGate } from '../run/gate.ts';
import { withStopSignal } from '../run/stop-signal.ts';
import type { PlayedRun } from '../run/worker/messages.ts';
import { workersOn } from '../run/worker/play.ts';
import { thisMachine, workersFor } from '../run/worker-count.ts';
import { counted } from '../terminal/event-text.ts';
import { summaryLines } from '../terminal/summary-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import { printPlans } from './plan.ts';
import { makePlans, mustRunHere, type PlanningOptions, type Prepared, root, runsDir } from './prepare.ts';

export interface PlayOptions extends PlanningOptions {
  /** How many runs at a time; by default as many as this machine can take. */
  readonly workers?: number;
}

export interface RunOptions extends PlayOptions {
  readonly dryRun?: true;
}

export async function runScenarios(names: readonly string[], options: RunOptions, terminal: Terminal): Promise<number> {
  const prepared = await makePlans(names, options);
  const { plans, platform, notPlayed } = prepared;
  const leftOut = notPlayed.map(({ name, why }) => `not played on ${platform.provider.name}: ${name}: ${why}`);
  if (options.dryRun) {
    printPlans(plans, terminal);
    terminal.lines(leftOut);
    return 0;
  }
  const results = await playAll(prepared, options, terminal);
  terminal.lines(['', ...summaryLines(results, plans.length, terminal.colors), ...leftOut]);
  return exitCodeOf(results.map(reasonOf));
}

/** Plays plans that stand already, with everything that a person reads meanwhile. */
export async function playAll(
  { plans, platform }: Pick<Prepared, 'plans' | 'platform'>,
  { target, seed, workers: given }: PlayOptions,
  terminal: Terminal,
): Promise<readonly PlayedRun[]> {
  const { provider } = platform;
  terminal.line(`platform ${provider.name} (${await mustRunHere(platform)})`);
  const workers = Math.min(given ?? workersFor(thisMachine(), provider.name), plans.length);
  const pace = workers === 1 ? 'one at a time' : `${workers} side by side`;
  terminal.line(`target ${target}, seed ${seed}, ${counted(plans.length, 'scenario')}, ${pace}`);
  await prepareOnce(plans, provider, terminal);
  using view = terminal.watch(plans);
  const { play, pids } = workersOn(provider);
  const gate = (signal: AbortSignal) =>
    runGate({
      plans,
      root,
      runsDir,
      workers,
      play,
      signal,
      listen: (plan) => {
        const listener = view.listen(plan);
        return {
          ...listener,
          ended: (result) => {
            listener.ended();
            terminal.lines(['', ...verdictLines(result, terminal.columns, terminal.colors), '']);
          },
        };
      },
    });
  return await withStopSignal(gate, terminal.problem, () => [process.pid, ...pids()]);
}

/** Until here nothing was started: Ctrl-C may end the process as it is. */
async function prepareOnce(
  plans: Prepared['plans'],
  { prepare }: Prepared['platform']['provider'],
  terminal: Terminal,
): Promise<void> {
  const [first] = plans;
  if (first !== undefined) await prepare?.({ manifest: first.manifest, root, onProgress: terminal.line });
}
