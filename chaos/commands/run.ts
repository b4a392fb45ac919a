/** `run`: plays scenarios one after the other and prints a verdict for each. */

import { exitCodeOf } from '../exit-codes.ts';
import { reasonOf, runGate } from '../run/gate.ts';
import type { RunResult } from '../run/run.ts';
import { counted } from '../terminal/event-text.ts';
import { summaryLines } from '../terminal/summary-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { verdictLines } from '../terminal/verdict-text.ts';
import { printPlans } from './plan.ts';
import { availableProvider, makePlans, type PlanningOptions, root, runsDir } from './prepare.ts';
import { withStopSignal } from './stop-signal.ts';

export interface RunOptions extends PlanningOptions {
  readonly dryRun?: true;
}

export async function runScenarios(names: readonly string[], options: RunOptions, terminal: Terminal): Promise<number> {
  const plans = await makePlans(names, options);
  if (options.dryRun) return printPlans(plans, terminal);
  const results = await playAll(plans, options, terminal);
  terminal.lines(['', ...summaryLines(results, plans.length, terminal.colors)]);
  return exitCodeOf(results.map(reasonOf));
}

/** Plays plans that stand already, with everything that a person reads meanwhile. */
export async function playAll(
  plans: Awaited<ReturnType<typeof makePlans>>,
  { platform, target, seed }: PlanningOptions,
  terminal: Terminal,
): Promise<readonly RunResult[]> {
  const { provider, detail } = await availableProvider(platform);
  terminal.line(
    `platform ${provider.name} (${detail}), target ${target}, seed ${seed}, ${counted(plans.length, 'scenario')}`,
  );
  const play = (signal: AbortSignal) =>
    runGate({
      plans,
      root,
      runsDir,
      provider,
      signal,
      listen: (plan) => {
        const listener = terminal.listen(plan);
        return {
          ...listener,
          ended: (result) => {
            listener.ended?.(result);
            terminal.lines(['', ...verdictLines(result, terminal.columns, terminal.colors), '']);
          },
        };
      },
    });
  return withStopSignal(play, terminal.interject);
}
