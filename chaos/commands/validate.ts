/** `validate`: checks scenario files against a target, and lists every problem of every file. */
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type PlanningOptions } from './prepare.ts';

export async function validateFiles(
  names: readonly string[],
  options: PlanningOptions,
  terminal: Terminal,
): Promise<number> {
  for (const plan of await makePlans(names, options)) {
    terminal.line(`${plan.file}: valid, ${plan.entries.length} faults, ${plan.checks.length} checks`);
  }
  return 0;
}
