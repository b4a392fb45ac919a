/** `plan`: prints what a run would do; starts nothing. */
import { describePlan } from '../plan/describe-plan.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type PlanningOptions } from './prepare.ts';

export async function planScenarios(
  names: readonly string[],
  options: PlanningOptions,
  terminal: Terminal,
): Promise<number> {
  for (const plan of await makePlans(names, options)) terminal.lines([...describePlan(plan), '']);
  return 0;
}
