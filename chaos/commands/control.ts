/** `control`: the anti-pattern must come out broken, or the gate proves nothing. */

import { exitCodeOf } from '../exit-codes.ts';
import { controlBaseline, controlScenarios, controlTarget, judgeControl } from '../run/control.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { makePlans, type PlanningOptions } from './prepare.ts';
import { playAll } from './run.ts';

export async function runControl(options: Omit<PlanningOptions, 'target'>, terminal: Terminal): Promise<number> {
  const { colors } = terminal;
  const onCoupled = { ...options, target: controlTarget };
  const plans = await makePlans([controlBaseline, ...controlScenarios], onCoupled);
  const results = await playAll(plans, onCoupled, terminal);
  const judged = results.map(judgeControl);
  terminal.lines(['', colors.bold(`Control: ${controlTarget} must break, and hold without a fault`)]);
  for (const { scenario, asExpected, text } of judged) {
    terminal.line(`  ${asExpected ? colors.green('✓') : colors.red('✗')} ${scenario}: ${text}`);
  }
  const notRun = plans.slice(results.length);
  for (const { scenarioName } of notRun) terminal.line(`  ? ${scenarioName}: not run`);
  return exitCodeOf([...judged.map(({ reason }) => reason), ...(notRun.length > 0 ? (['inconclusive'] as const) : [])]);
}
