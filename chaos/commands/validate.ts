/** `validate`: checks scenario files against a target, and lists every problem of every file. */
import { counted } from '../terminal/event-text.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type PlanningOptions } from './prepare.ts';

export async function validateFiles(
  names: readonly string[],
  options: PlanningOptions,
  terminal: Terminal,
): Promise<number> {
  const { plans, notPlayed } = await makePlans(names, options);
  for (const plan of plans) {
    const { file, entries, checks } = plan;
    terminal.line(`${file}: valid, ${counted(entries.length, 'fault')}, ${counted(checks.length, 'check')}`);
  }
  for (const { file, why } of notPlayed) terminal.line(`${file}: valid, but not played here: ${why}`);
  return 0;
}
