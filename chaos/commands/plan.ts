/** `plan`: prints what a run would do; starts nothing. */
import { describePlan } from '../plan/describe-plan.ts';
import type { Plan } from '../plan/plan-shape.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type PlanningOptions } from './prepare.ts';

export async function planScenarios(
  names: readonly string[],
  options: PlanningOptions,
  terminal: Terminal,
): Promise<number> {
  const { plans } = await makePlans(names, options);
  return printPlans(plans, terminal);
}

export function printPlans(plans: readonly Plan[], terminal: Terminal): number {
  for (const plan of plans) terminal.lines([...describePlan(plan), '']);
  return 0;
}
